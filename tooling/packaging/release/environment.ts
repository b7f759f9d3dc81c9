/** A place where our packages are used: a tool, and the project that one sets up for it. */
export interface Environment {
  /** As in docs/compatibility.md. */
  readonly name: string;
  /** The npm package whose version is told. Default none. */
  readonly tool?: string;
  /** What npm installs beside our packages and tfjs. */
  readonly packages: readonly string[];
  /** Whether a tool may need a newer Node than ours, which is then among its packages. Default false */
  readonly anyEngine?: boolean;
  /** Files of the project by name, beside `program.js`, which exports {@link programOf}'s function. */
  readonly files: Readonly<Record<string, string>>;
  /** What is run in the project, one after the other, by npx. */
  readonly commands: readonly (readonly string[])[];
  /** What a user has to do that the tool does not do by itself. Default nothing. */
  readonly needs?: string;
  /** Where the program says that the files are, as expressions. Default nowhere: they are found. */
  readonly filesAt?: FilesAt;
  /** Where the tool cannot do it: what it says. */
  readonly refusal?: RegExp;
  /** More of package.json. */
  readonly manifest?: object;
}

export interface FilesAt {
  readonly wasm: string;
  readonly model: string;
}

/** A page's files, in folders beside it: what has these addresses is served there. */
export const besideThePage: FilesAt = { wasm: "'/wasm/'", model: "'/model'" };

/** One that ends in a page, in Chromium. */
export interface PageEnvironment extends Environment {
  /** The folder that is served as it is, or the arguments of npx that serve the page at a port. Default `dist`. */
  readonly served?: string | ((port: number) => readonly string[]);
  /** The page's path. Default `/`. */
  readonly path?: string;
}

/** What every project needs beside our packages; of the optional backends, WebGPU and WebGL are left out on purpose. */
export const commonPackages = [
  '@capsnet/backend',
  '@capsnet/core',
  '@capsnet/pretrained',
  '@tensorflow/tfjs-core@4.22.0',
  '@tensorflow/tfjs-layers@4.22.0',
  '@tensorflow/tfjs-backend-wasm@4.22.0',
  '@tensorflow/tfjs-backend-cpu@4.22.0',
];

/** Picks wasm, reads two images with a pretrained network, and trains a layer for two steps. */
export const programOf = (filesAt?: FilesAt) => `import { pickBackend } from '@capsnet/backend';
import { PrimaryCapsules } from '@capsnet/core';
import { load } from '@capsnet/pretrained/efficient-capsnet-mnist';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

export async function program() {
  const { name, skipped } = await pickBackend({ prefer: 'wasm'${filesAt ? `, wasmPaths: ${filesAt.wasm}` : ''} });
  if (name !== 'wasm') throw new Error(name + ', because ' + JSON.stringify(skipped));
  const network = await load({ decoder: false${filesAt ? `, files: ${filesAt.model}` : ''} });
  const images = tf.zeros([2, 28, 28, 1]);
  if ((await network.classify(images)).length !== 2) throw new Error('expected two answers');
  const model = sequential();
  model.add(new PrimaryCapsules({ channels: 1, dim: 4, inputShape: [28, 28, 1] }));
  model.add(layers.flatten());
  model.add(layers.dense({ units: 10, activation: 'softmax' }));
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const { history } = await model.fit(images, tf.oneHot([3, 4], 10), { epochs: 1, batchSize: 1 });
  if (!Number.isFinite(history.loss[0])) throw new Error('loss ' + history.loss[0]);
}
`;

/** A page's own module: the page is done when its title says so. */
export const pageScript = `import { program } from './program.js';
program().then(() => { document.title = 'done'; });
`;

/** A program without a page says so at its end. */
export const mainScript = `import { program } from './program.js';
await program();
console.log('done');
`;

/** A page of one module. */
export const pageOf = (script: string) => `<!doctype html><script type="module" src="${script}"></script>`;
