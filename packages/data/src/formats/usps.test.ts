import { expect, test } from 'vitest';
import { parseUsps } from './usps';

const line = (label: string, first: string) => `${label} ${first} ${Array(255).fill('-1.000').join(' ')} \n`;
const parse = (text: string) => parseUsps(new TextEncoder().encode(text));

test('a line is a digit, from black to white', () => {
  const { data, shape, labels } = parse(line('6.0000', '1.000') + line('5', '0'));
  expect([shape, [...labels], data[0], data[1], data[256]]).toEqual([[2, 16, 16], [6, 5], 255, 0, 128]);
});

test.each([
  ['', 'expected at least one digit'],
  ['6 1 2\n', 'line 1: expected 257 numbers, found 3'],
  [line('6', '1') + line('11', '1'), 'line 2: expected a digit, found 11'],
  [line('6', '2.5'), 'line 1, number 2: expected -1 to 1, found 2.5'],
  [line('6', 'x'), 'line 1, number 2: expected -1 to 1, found NaN'],
])('refuses %j', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});
