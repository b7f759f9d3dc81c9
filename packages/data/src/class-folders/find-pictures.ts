import { DataError } from '../data-error';
import { firstFew } from './first-few';

/** A file that may be a picture. */
export interface PictureFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  /** The place of its class in `classes`. */
  readonly label: number;
  readonly part: Part;
  /** Its size and the times of its last changes: another picture hardly ever has the same. */
  readonly stamp: string;
}

/** Where a picture belongs; `either` where nobody has parted the pictures yet. */
export type Part = 'train' | 'test' | 'either';

/** What a folder of pictures holds. Nothing has been decoded yet. */
export interface PictureFolder {
  readonly folder: string;
  /** The names of the folders of the classes: by their numbers if all are numbers, else by their letters. */
  readonly classes: readonly string[];
  /** By part, class and path. */
  readonly files: readonly PictureFile[];
  /** What a person should know of it, each a sentence without its full stop. */
  readonly notes: readonly string[];
}

/** A folder and what lies below it; paths have slashes and begin below the folder, which is ''. */
export interface Listing {
  /** What lies in a folder, links being what they lead to. */
  entriesOf(path: string): { readonly folders: readonly string[]; readonly files: readonly string[] };
  /** Where a folder is that is a link to one that it lies in; undefined for all others. */
  leadsBackTo(path: string): string | undefined;
  stampOf(path: string): string;
}

const partNames: Readonly<Record<string, 'train' | 'test' | 'validation'>> = {
  train: 'train',
  training: 'train',
  test: 'test',
  testing: 'test',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
};

/** What is taken for a picture; whether it is one, its first bytes say. */
const pictureName = /\.(png|jpe?g|jpe|jfif|webp|tiff?|gif|avif|bmp|dib|hei[cf]|svg)$/i;

/** Classes are told apart by a number of 16 bits. */
const mostClasses = 65_536;

/**
 * Which pictures there are, by class and part, in a folder that has one folder for each class, or in one that has two such folders,
 * `train` and `test`.
 *
 * @throws {@link DataError} when a class has no picture to train on, or a class is known to the test alone
 */
export function arrangePictures(folder: string, listing: Listing): PictureFolder {
  const notes: string[] = [];
  const parts = partsOf(folder, listing, notes);
  const namesOf = new Map(parts.map(({ part, at }) => [part, classFolders(folder, at, listing)]));
  const classes = [...(namesOf.get('either') ?? namesOf.get('train'))!.keys()].sort(byNameOrNumber);
  if (classes.length > mostClasses)
    throw new DataError(
      `${folder}: expected at most ${mostClasses} folders of classes, found ${classes.length}`,
    );
  const labels = new Map(classes.map((name, label) => [name, label]));
  const files: PictureFile[] = [];
  const others: string[] = [];
  for (const { part, at } of parts) {
    const found = namesOf.get(part)!;
    for (const [name, entry] of found) {
      if (labels.has(name)) continue;
      throw new DataError(
        `${join(folder, at, entry)}: expected a class that there are pictures of to train on, found none of that name in ${parts[0]!.at}`,
      );
    }
    const absent: string[] = [];
    for (const [label, name] of classes.entries()) {
      const entry = found.get(name);
      const pictures = entry === undefined ? [] : picturesBelow(join(at, entry), listing, others, notes);
      for (const { path, stamp } of pictures) files.push({ path, label, part, stamp });
      if (pictures.length > 0) continue;
      if (part !== 'test') {
        throw new DataError(
          `${join(folder, at, name)}: expected at least one picture of this class, found none: add some, or remove the folder`,
        );
      }
      absent.push(name);
    }
    if (absent.length === classes.length)
      throw new DataError(`${join(folder, at)}: expected pictures in folders of classes, found none`);
    if (absent.length > 0) notes.push(`to test with there is no picture of ${firstFew(absent)}`);
  }
  if (others.length > 0) notes.push(`not pictures by their names, and not read: ${firstFew(others)}`);
  return { folder, classes, files, notes };
}

/** The folder itself, or its parts to train on and to test with. */
function partsOf(
  folder: string,
  listing: Listing,
  notes: string[],
): { readonly part: Part; readonly at: string }[] {
  const found: Partial<Record<'train' | 'test' | 'validation', string>> = {};
  const { folders, files } = visibleIn('', listing);
  for (const name of folders) {
    const part = partNames[name.toLowerCase()];
    if (part !== undefined) found[part] ??= name;
  }
  const test = found.test ?? found.validation;
  const hasClasses = (name: string | undefined) =>
    name !== undefined && visibleIn(name, listing).folders.length > 0;
  if (hasClasses(found.train) && hasClasses(test)) {
    const ignored = folders.filter(name => name !== found.train && name !== test);
    if (ignored.length > 0)
      notes.push(`beside ${found.train} and ${test}, nothing is read of ${firstFew(ignored)}`);
    return [
      { part: 'train', at: found.train! },
      { part: 'test', at: test! },
    ];
  }
  // As an archive unpacks.
  if (folders.length === 1 && hasClasses(found.train)) return [{ part: 'either', at: found.train! }];
  if (folders.length === 0) {
    const pictures = files.filter(name => pictureName.test(name)).length;
    throw new DataError(
      `${folder}: expected a folder of pictures for each class, found ${pictures > 0 ? `${pictures} pictures without folders` : 'no folders'}`,
    );
  }
  const loose = files.filter(name => pictureName.test(name));
  if (loose.length > 0)
    notes.push(`outside of the folders of classes, nothing is read of ${firstFew(loose)}`);
  return [{ part: 'either', at: '' }];
}

/** The folders of classes by the names of these, which are the same whichever system wrote them. */
function classFolders(folder: string, at: string, listing: Listing): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const entry of visibleIn(at, listing).folders) {
    const name = entry.normalize('NFC');
    const other = names.get(name);
    if (other !== undefined)
      throw new DataError(`${join(folder, at)}: expected names of classes that differ, found ${name} twice`);
    names.set(name, entry);
  }
  return names;
}

function picturesBelow(
  at: string,
  listing: Listing,
  others: string[],
  notes: string[],
): { readonly path: string; readonly stamp: string }[] {
  const found: { path: string; stamp: string }[] = [];
  const visit = (below: string) => {
    const { folders, files } = visibleIn(below, listing);
    for (const name of files) {
      const path = join(below, name);
      if (!pictureName.test(name)) others.push(path);
      else found.push({ path, stamp: listing.stampOf(path) });
    }
    for (const name of folders) {
      const path = join(below, name);
      const real = listing.leadsBackTo(path);
      if (real === undefined) visit(path);
      else notes.push(`${path} is a link that leads back to ${real}, and is not followed`);
    }
  };
  visit(at);
  return found;
}

/** What systems leave in folders is no data. */
function visibleIn(path: string, listing: Listing): { readonly folders: string[]; readonly files: string[] } {
  const isVisible = (name: string) => !/^(\.|(thumbs\.db|desktop\.ini|__MACOSX)$)/i.test(name);
  const { folders, files } = listing.entriesOf(path);
  return { folders: folders.filter(isVisible).sort(), files: files.filter(isVisible).sort() };
}

function join(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('/');
}

function byNameOrNumber(a: string, b: string): number {
  const isNumber = /^\d+$/;
  if (isNumber.test(a) && isNumber.test(b)) return Number(a) - Number(b) || (a < b ? -1 : 1);
  return a < b ? -1 : 1;
}
