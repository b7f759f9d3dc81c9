import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ImageSet } from '@capsnet/mnist/node';
import type { Plugin } from 'vite';

/** Images of a chunk: some 200 KB, compressed. */
const chunkSize = 1000;
const moduleName = 'virtual:mnist-chunks';
const folder = 'mnist';

interface Chunk {
  readonly file: string;
  readonly sha256: string;
  readonly gzip: Uint8Array;
}

/**
 * Cuts MNIST into IDX files of 1,000 images each, gzip, so that a page fetches what it needs: a gzip file has no random
 * access. `virtual:mnist-chunks` names the files, each with the SHA-256 of its uncompressed bytes.
 */
export function mnistChunks(): Plugin {
  let serving = false;
  return {
    name: 'mnist-chunks',
    configResolved({ command, isWorker }) {
      // A worker is a build of its own, into the same folder.
      serving = command === 'serve' || isWorker;
    },
    resolveId: id => (id === moduleName ? `\0${moduleName}` : null),
    async load(id) {
      if (id !== `\0${moduleName}`) return null;
      const { train, test } = await chunks();
      const list = (all: readonly Chunk[]) => all.map(({ file, sha256 }) => ({ file, sha256 }));
      const names = { size: chunkSize, train: list(train), test: list(test) };
      return `export const mnistChunks = ${JSON.stringify(names)};`;
    },
    async buildStart() {
      if (serving) return;
      const { train, test } = await chunks();
      for (const { file, gzip } of [...train, ...test]) {
        this.emitFile({ type: 'asset', fileName: file, source: gzip });
      }
    },
    configureServer({ middlewares }) {
      middlewares.use(async ({ url = '' }, response, next) => {
        const { train, test } = await chunks();
        const found = [...train, ...test].find(({ file }) => url.endsWith(`/${file}`));
        if (found) response.end(found.gzip);
        else next();
      });
    },
  };
}

let made: Promise<Readonly<Record<'train' | 'test', readonly Chunk[]>>> | undefined;

function chunks() {
  made ??= cutMnist();
  return made;
}

async function cutMnist() {
  // Only who builds the page needs it: a server of the built page reads this module too.
  const { loadMnist } = await import('@capsnet/mnist/node');
  const { train, test } = await loadMnist();
  return { train: cut('train', train), test: cut('test', test) };
}

function cut(name: string, { data, labels }: ImageSet): Chunk[] {
  const pixels = data.length / labels.length;
  return Array.from({ length: Math.ceil(labels.length / chunkSize) }, (_, index) => {
    const start = index * chunkSize;
    const end = Math.min(start + chunkSize, labels.length);
    const bytes = chunkFile(data.subarray(start * pixels, end * pixels), labels.subarray(start, end));
    return {
      // Not .gz: some servers would say so in a header, and the browser would decompress it before we see it.
      file: `${folder}/${name}-${String(index).padStart(2, '0')}.idx.gzip`,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      gzip: gzipSync(bytes),
    };
  });
}

/** An IDX file [n, 785]: a label and the 784 pixels of its image in each row, so that they cannot come apart. */
function chunkFile(images: Uint8Array, labels: ImageSet['labels']): Uint8Array {
  const row = 1 + images.length / labels.length;
  const header = Buffer.alloc(12);
  header.writeUInt32BE(0x0802, 0); // unsigned bytes, two dimensions
  header.writeUInt32BE(labels.length, 4);
  header.writeUInt32BE(row, 8);
  const rows = Buffer.alloc(labels.length * row);
  labels.forEach((label, index) => {
    rows[index * row] = label;
    rows.set(images.subarray(index * (row - 1), (index + 1) * (row - 1)), index * row + 1);
  });
  return Buffer.concat([header, rows]);
}
