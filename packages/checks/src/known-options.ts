import { CapsnetError } from './capsnet-error';
import { nearest } from './nearest';
import { show } from './show';

/**
 * An option that nothing reads would have no effect, without a word: TypeScript refuses a misspelt one, JavaScript does not.
 *
 * @param caller for the message
 * @param known  the names of all options
 * @param besides names that are taken too, and not read: a part of a network's configuration may be given as it is
 * @throws CapsnetError `invalid-argument` for options that are no object, or one that is not known
 */
export function expectKnownOptions<Options extends object>(
  caller: string,
  options: Options,
  known: readonly (keyof Options & string)[],
  besides: readonly string[] = [],
): void {
  if (typeof options !== 'object' || options === null)
    throw new CapsnetError(
      'invalid-argument',
      `${caller}: expected an object with ${known.join(', ')}, found ${show(options)}`,
    );
  const taken: readonly string[] = [...known, ...besides];
  const unknown = Object.keys(options).find(option => !taken.includes(option));
  if (unknown !== undefined)
    throw new CapsnetError(
      'invalid-argument',
      `${caller}: unknown option ${unknown}: did you mean ${nearest(unknown, known)[0]}?`,
    );
}
