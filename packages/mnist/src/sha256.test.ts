import { expect, test } from 'vitest';
import { sha256 } from './sha256';

test('sha256 agrees with the examples of FIPS 180-4', async () => {
  const digest = (text: string) => sha256(new TextEncoder().encode(text));
  expect(await digest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(await digest('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
