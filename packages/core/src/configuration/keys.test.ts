import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { field, kindByDefault, oneKindOf, required, section, size } from './fields';
import { configurationKeys } from './keys';

const round = z.strictObject({
  type: kindByDefault('round', 'The form.'),
  radius: field(size, 1, 'From the middle.'),
});
const square = z.strictObject({ type: required(z.literal('square'), 'A square.') });
const schema = z.strictObject({
  form: section(oneKindOf('type', [{ schema: round }, { schema: square }]), 'Its form.'),
  holes: field(z.array(z.strictObject({ at: required(size, 'Where it is.') })), [], 'What is missing.'),
  label: section(z.nullable(z.strictObject({ text: field(z.string(), '', 'What it says.') })), 'Or null.'),
});

test('of a section that is of one of several kinds, keys say of which', () => {
  const [type, radius] = configurationKeys(schema);
  expect(type).toEqual({
    path: 'form.type',
    type: '"round" or "square"',
    byDefault: 'round',
    meaning: 'The form.',
  });
  expect(radius).toMatchObject({ path: 'form.radius', byDefault: 1, only: 'form.type "round"' });
});

test('a list and a section that may be null are keys too, besides those within', () => {
  const keys = configurationKeys(schema).map(({ path, type }) => `${path}: ${type}`);
  expect(keys.slice(2)).toEqual([
    'holes: list',
    'holes.*.at: integer',
    'label: object or null',
    'label.text: string',
  ]);
});

test('kinds within a kind have keys that are of the outer one alone', () => {
  const outer = z.strictObject({ type: required(z.literal('outer'), 'Outer.'), form: schema.shape.form });
  const keys = configurationKeys(oneKindOf('type', [{ schema: outer }, { schema: square }]));
  expect(keys.map(({ path, only }) => [path, only])).toEqual([
    ['type', undefined],
    ['form.type', 'type "outer"'],
    ['form.radius', 'form.type "round"'],
  ]);
});

test('a key that all kinds have alike is of none of them; with another default it is of its own', () => {
  const kind = (name: string, holes: number) =>
    z.strictObject({
      type: required(z.literal(name), 'The form.'),
      holes: field(size, holes, 'What is missing.'),
      edge: field(size, 1, 'How thick it is.'),
    });
  const keys = configurationKeys(
    oneKindOf('type', [{ schema: kind('round', 1) }, { schema: kind('square', 2) }]),
  );
  expect(keys.map(({ path, byDefault, only }) => [path, byDefault, only])).toEqual([
    ['type', undefined, undefined],
    ['edge', 1, undefined],
    ['holes', 1, 'type "round"'],
    ['holes', 2, 'type "square"'],
  ]);
});
