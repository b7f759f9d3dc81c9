import { DataError } from '../data-error';
import { seededRandom, shuffle } from '../random/random';
import { firstFew } from './first-few';

/** A picture to be trained on or tested with. */
interface Parted {
  readonly file: {
    readonly path: string;
    readonly label: number;
    readonly part: 'train' | 'test' | 'either';
  };
  /** Copies have the same. */
  readonly digest: string;
}

/**
 * The pictures to train on and those to test with. Of those that nobody has parted, the part `test` of each class is drawn by the
 * seed, at least one; copies of a picture go the same way. Both keep the order that the pictures have.
 *
 * @returns with notes on copies that are in both parts, or in two classes
 * @throws {@link DataError} when no class has two different pictures
 */
export function partition<Picture extends Parted>(
  pictures: readonly Picture[],
  {
    classes,
    test,
    seed,
  }: { readonly classes: readonly string[]; readonly test: number; readonly seed: number },
): { readonly train: Picture[]; readonly test: Picture[]; readonly notes: string[] } {
  const notes: string[] = [];
  const drawn = new Set<string>();
  const alone: string[] = [];
  const undivided = pictures.filter(({ file }) => file.part === 'either');
  if (undivided.length > 0) {
    const random = seededRandom(seed);
    const byClass: Set<string>[] = classes.map(() => new Set());
    const first = new Map<string, number>();
    for (const { file, digest } of undivided) {
      // A picture in two classes is drawn once, as one of the first.
      if (!first.has(digest)) first.set(digest, file.label);
      if (first.get(digest) === file.label) byClass[file.label]!.add(digest);
    }
    for (const [label, digests] of byClass.entries()) {
      const different = [...digests];
      const count =
        different.length < 2
          ? 0
          : Math.min(different.length - 1, Math.max(1, Math.round(test * different.length)));
      if (count === 0) alone.push(classes[label]!);
      const order = Uint32Array.from(different.keys());
      shuffle(order, random);
      for (const index of order.subarray(0, count)) drawn.add(different[index]!);
    }
    if (drawn.size === 0) {
      throw new DataError(
        'expected a class of at least two different pictures, one to test with, found none',
      );
    }
  }
  if (alone.length > 0)
    notes.push(
      `to test with there is no picture of ${firstFew(alone)}: fewer than two different ones are there`,
    );
  const isTest = ({ file, digest }: Picture) =>
    file.part === 'test' || (file.part === 'either' && drawn.has(digest));
  const parts = { train: pictures.filter(one => !isTest(one)), test: pictures.filter(isTest) };
  return { ...parts, notes: [...notes, ...copies(parts.train, parts.test, classes)] };
}

function copies(train: readonly Parted[], test: readonly Parted[], classes: readonly string[]): string[] {
  const trained = new Map(train.map(({ digest, file }) => [digest, file]));
  const both = test.flatMap(({ digest, file }) => {
    const other = trained.get(digest);
    return other ? [`${file.path} is ${other.path}`] : [];
  });
  const known = new Map<string, Parted['file']>();
  const twice: string[] = [];
  for (const { digest, file } of [...train, ...test]) {
    const other = known.get(digest);
    if (other && other.label !== file.label)
      twice.push(`${file.path} is ${other.path} (${classes[file.label]}, ${classes[other.label]})`);
    known.set(digest, other ?? file);
  }
  return [
    ...(both.length > 0
      ? [`${both.length} of the ${test.length} test pictures are trained on too: ${firstFew(both)}`]
      : []),
    ...(twice.length > 0 ? [`the same picture in two classes: ${firstFew(twice)}`] : []),
  ];
}
