import { expect, it } from 'vitest';
import { parseJson } from './json-file';

it.each([
  '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}',
  '[{"a": "a"}, "a", {"b": "}", "c": "{\\"b\\": 1, \\"b\\": 2}"}]',
  '{"a\\\\": 1, "a": "\\\\", "a\\"": ": "}',
  '"a"',
])('reads %s as JSON.parse does', text => {
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

it.each([
  ['{"a": 1, "a": 1}', '"a"'],
  ['{"b": [{}, {"seed" : 1, "b": {"seed": 3}, "seed"\n: 2}]}', '"seed"'],
  ['{"a": {"b": 1}, "c": "}", "\\u0061": 2}', '"a"'],
  ['{"__proto__": 1, "__proto__": 2}', '"__proto__"'],
])('refuses %s', (text, key) => {
  expect(() => parseJson(text)).toThrow(`expected every key once, found ${key} twice in one object`);
});

it('takes a text of any length', () => {
  const long = JSON.stringify({ a: 'x'.repeat(2 ** 24), b: '\\'.repeat(2 ** 22) });
  expect(parseJson(long)).toEqual(JSON.parse(long));
});
