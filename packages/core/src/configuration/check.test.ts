import { CapsnetError } from '@capsnet/checks';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { checked } from './check';
import { field, required, section, size } from './fields';

const schema = z.strictObject({
  title: required(z.string().check(z.minLength(1)), 'What it is called.'),
  tag: field(z.string().check(z.minLength(2), z.maxLength(3)), 'ab', 'For short.'),
  seeds: field(z.array(size).check(z.minLength(1), z.maxLength(2)), [1], 'From where.'),
  holes: field(z.array(z.strictObject({ at: required(size, 'Where.') })), [], 'What is missing.'),
  form: section(
    z.strictObject({ radius: field(size, 1, 'From the middle.'), holes: field(size, 1, 'How many.') }),
    'Its form.',
  ),
});

test.each([
  [{ title: '' }, 'title: expected at least 1 character, found ""'],
  [{ title: 'a', tag: 'b' }, 'tag: expected at least 2 characters, found "b"'],
  [{ title: 'a', tag: 'bcde' }, 'tag: expected at most 3 characters, found "bcde"'],
  [{ title: 'a', seeds: [] }, 'seeds: expected at least 1 entry, found []'],
  [{ title: 'a', seeds: [1, 2, 3] }, 'seeds: expected at most 2 entries, found [1, 2, 3]'],
  [{ title: 'a', form: { radius: 0 } }, 'form.radius: expected at least 1, found 0'],
  [{ title: '', form: { radius: 0 } }, 'found "" (and 1 more)'],
  [{ title: 'a', form: { radius: 2 ** 53 } }, /form.radius: expected at most 65536, found 9007199254740992$/],
  [{ title: 'a', form: { radios: 2 } }, 'unknown key form.radios: did you mean form.radius?'],
  [{ title: 'a', radius: 2 }, 'unknown key radius: did you mean form.radius?'],
  [{ title: 'a', holes: [{ at: 1, colour: 2 }] }, 'unknown key holes.0.colour: holes.0 has at'],
  [{ title: 'a', form: { colour: 2 } }, 'unknown key form.colour: form has radius, holes'],
])('%o is refused', (value, message) => {
  expect(() => checked(schema, value, 'thing')).toThrow(CapsnetError);
  expect(() => checked(schema, value, 'thing')).toThrow(`thing: `);
  expect(() => checked(schema, value, 'thing')).toThrow(message);
});
