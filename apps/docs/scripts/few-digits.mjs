import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { loadMnist } from '@capsnet/mnist';

// Writes the first 2,000 training and 500 test images as IDX files, for the notebook in the page:
//
//     node scripts/few-digits.mjs

/** An IDX file of bytes. */
function idx(shape, bytes) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return gzipSync(Buffer.concat([header, bytes]), { level: 9 });
}

const { train, test } = await loadMnist();
for (const [name, { data, labels }, count] of [
  ['train', train, 2000],
  ['t10k', test, 500],
]) {
  const folder = 'pages/public/digits';
  writeFileSync(
    `${folder}/${name}-images-idx3-ubyte.gz`,
    idx([count, 28, 28], data.subarray(0, count * 784)),
  );
  writeFileSync(`${folder}/${name}-labels-idx1-ubyte.gz`, idx([count], labels.subarray(0, count)));
}
