// Compiles matrix-product.ts into src/wasm/matrix-product-binary.ts: `node assembly/build.mjs` in this package's folder.
// The result is checked in, and a test compares it with what this makes.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const source = 'matrix-product.ts';
const target = new URL('../src/wasm/matrix-product-binary.ts', import.meta.url);

/**
 * @returns {Promise<{ module: string, text: string }>} the TypeScript module that holds the binary, and the binary in
 *   WebAssembly's text format
 */
export async function compile() {
  /** @type {Record<string, string | Uint8Array>} */
  const written = {};
  const options = ['--enable', 'simd', '--runtime', 'stub', '--importMemory', '--noAssert', '-O3'];
  const { error, stderr } = await asc.main([source, '-o', 'out.wasm', '-t', 'out.wat', ...options], {
    readFile: name => (name === source ? readFileSync(new URL(source, import.meta.url), 'utf8') : null),
    writeFile: (name, contents) => {
      written[name] = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${source}: ${stderr.toString()}`, { cause: error });
  const base64 = Buffer.from(/** @type {Uint8Array} */ (written['out.wasm'])).toString('base64');
  const lines = base64.match(/.{1,100}/g) ?? [];
  const module = [
    '// Made from assembly/matrix-product.ts by assembly/build.mjs; do not edit it.',
    'export const matrixProductBinary =',
    `${lines.map(line => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
  return { module, text: String(written['out.wat']) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, (await compile()).module);
