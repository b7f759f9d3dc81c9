import { CapsnetError, distance, nearest, show } from '@capsnet/checks';
import * as z from 'zod/mini';
import { configurationKeys } from './keys';

/**
 * A configuration as its schema says, with its defaults. Nothing is allocated for it before.
 *
 * @param subject what the value is, for the error: `capsNet`, or a file
 * @throws CapsnetError `invalid-argument` that names the path, the expected and the found, and for an unknown key the
 *   nearest known one
 */
export function checked<T extends z.core.$ZodType>(schema: T, value: unknown, subject: string): z.output<T> {
  const result = z.safeParse(schema, value, { reportInput: true });
  if (result.success) return result.data;
  const [first, ...others] = narrowest(result.error.issues).map(issue => explain(issue, schema));
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new CapsnetError('invalid-argument', `${subject}: ${first}${more}`);
}

/** Without the limits of a type that the limits of its field go beyond: an integer is at most 2 ** 53 - 1, a seed less. */
function narrowest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const key = ({ code, path }: z.core.$ZodIssue) => `${code} ${path.join('.')}`;
  return issues.filter((issue, at) => !issues.slice(at + 1).some(later => key(later) === key(issue)));
}

/** A value of a configuration that its schema alone cannot know to be wrong. */
export function wrongValue(subject: string, path: string, expected: string, found: unknown): CapsnetError {
  return new CapsnetError(
    'invalid-argument',
    `${subject}: ${path}: expected ${expected}, found ${show(found)}`,
  );
}

function explain(issue: z.core.$ZodIssue, schema: z.core.$ZodType): string {
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...issue.path, issue.keys[0]!].join('.');
    const kind = kindWith(unknown, schema);
    if (kind) return `${unknown} belongs to ${kind}`;
    return `unknown key ${unknown}: ${instead(unknown, schema)}`;
  }
  const path = issue.path.join('.');
  // Of a section of an unknown kind, zod hands over the section.
  const found =
    issue.code === 'invalid_union' && 'discriminator' in issue
      ? own(issue.input, issue.discriminator!)
      : issue.input;
  return `${path === '' ? '' : `${path}: `}expected ${expectation(issue)}, found ${show(found)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? `${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return 'options' in issue ? oneOf((issue.options as unknown[]).filter(Boolean)) : 'another value';
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${measure(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${measure(issue.maximum, issue.origin)}`;
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  int: 'an integer',
  array: 'a list',
  boolean: 'true or false',
};

/** A limit of a value, or of its size, with what that is counted in. */
function measure(limit: number | bigint, origin: string): string {
  const units = { string: ['character', 'characters'], array: ['entry', 'entries'] }[origin];
  return units ? `${limit} ${units[limit === 1 ? 0 : 1]}` : String(limit);
}

function oneOf(values: readonly unknown[]): string {
  return values.map(value => JSON.stringify(value)).join(' or ');
}

/** The kinds of section that have a key or a section of this name; undefined if none have. */
function kindWith(path: string, schema: z.core.$ZodType): string | undefined {
  const pattern = path.replaceAll(/(?<=\.)\d+(?=\.|$)/g, '*');
  const keys = configurationKeys(schema).filter(key => `${key.path}.`.startsWith(`${pattern}.`));
  const [first, ...others] = new Set(keys.flatMap(({ only }) => only ?? []));
  // `routing.type "dynamic"`, and of the others only what they are called
  return first && [first, ...others.map(kind => kind.slice(kind.indexOf(' ') + 1))].join(' or ');
}

/** The nearest key, or, where none is near, all that the section has. */
function instead(unknown: string, schema: z.core.$ZodType): string {
  const key = nearestKey(unknown, schema);
  const [end, nearestEnd] = [lastKey(unknown), lastKey(key)];
  const section = unknown.slice(0, -end.length);
  const siblings = pathsBeside(unknown, schema)
    .filter(path => path.startsWith(section) && path === section + lastKey(path))
    .map(lastKey);
  if (distance(end, nearestEnd) <= Math.max(2, end.length / 2) || section === '' || siblings.length === 0) {
    return `did you mean ${key}?`;
  }
  return `${section.slice(0, -1)} has ${siblings.join(', ')}`;
}

/** Nearest by the whole path or, when the user gave only its end, by that. */
function nearestKey(unknown: string, schema: z.core.$ZodType): string {
  const known = pathsBeside(unknown, schema);
  const sameEnd = known.filter(path => lastKey(path).toLowerCase() === lastKey(unknown).toLowerCase());
  return nearest(unknown, sameEnd.length > 0 ? sameEnd : known)[0]!;
}

/** Every known path, at the place in a list that the unknown one names. */
function pathsBeside(unknown: string, schema: z.core.$ZodType): string[] {
  const [place] = unknown.match(/(?<=\.)\d+(?=\.)/) ?? ['*'];
  return sections(configurationKeys(schema).map(({ path }) => path.replace('*', place)));
}

/** The paths, and those of the sections that they lie in. */
function sections(paths: readonly string[]): string[] {
  const all = paths.flatMap(path => path.split('.').map((_, at, keys) => keys.slice(0, at + 1).join('.')));
  return [...new Set(all)];
}

function lastKey(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function own(section: unknown, key: string): unknown {
  return Object.hasOwn(Object(section), key) ? (section as Record<string, unknown>)[key] : undefined;
}
