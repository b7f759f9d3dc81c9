import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { compile } from '../../assembly/build.mjs';

it('is what assembly/matrix-product.ts compiles to, and brings no data into the memory that it shares', async () => {
  const { module, text } = await compile();
  expect(await readFile(new URL('matrix-product-binary.ts', import.meta.url), 'utf8')).toBe(module);
  expect(text).toContain('(import "env" "memory"');
  expect(text).not.toContain('(data');
});
