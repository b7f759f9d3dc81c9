import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCapsNet } from '@capsnet/core';
import { parseIdx } from '@capsnet/data';
import { decodeSafetensors } from '@capsnet/safetensors';
import { png } from '@capsnet/testing/png';
import { folderStore } from '@capsnet/trainer/node';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { presets } from '../../../apps/train/src/config/presets';
import { readSettings } from '../../../apps/train/src/config/read-settings';
import { resolveConfig } from '../../../apps/train/src/config/resolve';
import { parseAssignment } from '../../../apps/train/src/config/settings';
import { readPicture } from '../../../apps/train/src/pictures/read-picture';
import { runFolder } from '../../../apps/train/src/runs/run-folder';
import { useBackend } from './backends';
import { corpus, corpusPath } from './corpus';
import { count } from './counts';
import { headerOf, withHeader } from './mutate-safetensors';
import { temporaryFolder } from './training';

type Case = readonly [what: string, read: (folder: string) => unknown, message: string];

const size = { width: 12, height: 8 };
const checkpoint = 'step-00000003';
const [model] = corpus('model-file') as [Uint8Array];

/** Reads the checkpoint of the corpus after something was done to it; beside it lies what is none of its business. */
function readCheckpoint(folder: string, spoil: (path: string, outside: string) => void): Promise<unknown> {
  const outside = join(folder, 'outside.safetensors');
  cpSync(join(corpusPath('checkpoint'), checkpoint, 'weights.safetensors'), outside);
  cpSync(corpusPath('checkpoint'), join(folder, 'checkpoints'), { recursive: true });
  spoil(join(folder, 'checkpoints', checkpoint), outside);
  return folderStore(join(folder, 'checkpoints')).read(checkpoint);
}

function rewrite(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

const listing = (name: string) => (folder: string) =>
  readCheckpoint(folder, path => rewrite(join(path, 'checkpoint.json'), 'weights.safetensors', name));

function withConfig(change: (config: Record<string, unknown>) => unknown): Uint8Array {
  const header = headerOf(model) as { readonly __metadata__: { readonly capsnet: string } };
  const config = JSON.stringify(change(JSON.parse(header.__metadata__.capsnet)));
  return withHeader(model, { ...header, __metadata__: { capsnet: config } });
}

function withTensor(name: string, shape: readonly number[]): Uint8Array {
  const { ...header } = headerOf(model);
  return withHeader(
    model,
    Object.fromEntries([...Object.entries(header), [name, { dtype: 'F32', shape, data_offsets: [0, 0] }]]),
  );
}

function pictureOf(width: number, pixelBytes: number) {
  return (folder: string) => {
    const file = join(folder, 'picture.png');
    const height = width === size.width ? size.height : width;
    writeFileSync(file, png({ width, height }, Buffer.alloc(pixelBytes)));
    return readPicture(file, { ...size, channels: 1 });
  };
}

const readConfig = (text: string) => async (folder: string) => {
  const file = join(folder, 'config.json');
  writeFileSync(file, text);
  resolveConfig(presets.paper, await readSettings(file));
};

const outsideItsFolder: readonly Case[] = [
  ['a checkpoint that lists ../', listing('../../outside.safetensors'), 'checkpoint.json: expected files'],
  ['a checkpoint that lists an absolute path', listing('/etc/passwd'), 'checkpoint.json: expected files'],
  [
    'weights that are a link',
    folder =>
      readCheckpoint(folder, (path, outside) => {
        rmSync(join(path, 'weights.safetensors'));
        symlinkSync(outside, join(path, 'weights.safetensors'));
      }),
    'expected a file, found none',
  ],
  [
    'a checkpoint that is a link',
    folder =>
      readCheckpoint(folder, path => {
        cpSync(path, join(folder, 'elsewhere'), { recursive: true });
        rmSync(path, { recursive: true });
        symlinkSync(join(folder, 'elsewhere'), path);
      }),
    'expected a folder',
  ],
  [
    'the name of a checkpoint that is a path',
    folder => folderStore(folder).read('../x'),
    'no checkpoint ../x',
  ],
  ['the name of a run that is a path', () => runFolder('runs', '../x'), '--name ../x: expected letters'],
  [
    'a tensor whose name is a path',
    () => decodeCapsNet(withTensor('../../x', [0])),
    'expected none for "../../x"',
  ],
];

const absurdShapes: readonly Case[] = [
  ...[[2 ** 31, 2 ** 31], [2 ** 53], [1e308], [-1, 0], Array(99_999).fill(65536)].map(
    (shape): Case => [
      `a tensor of ${shape.slice(0, 2).join('x')}${shape.length > 2 ? ' ...' : ''}`,
      () => decodeSafetensors(withTensor('x', shape)),
      'safetensors: tensor "x": expected',
    ],
  ),
  [
    'a network that no memory holds',
    () => decodeCapsNet(withConfig(config => ({ ...config, classes: 65536, classDim: 65536 }))),
    'model file: expected F32 [8,65536,4,65536]',
  ],
  [
    'images by the billion',
    () => parseIdx(Buffer.from('00000803ffffffffffffffffffffffff', 'hex')),
    'expected 79228162458924105385300197375 bytes of elements',
  ],
  [
    'an image of 255 dimensions',
    () => parseIdx(Buffer.concat([Buffer.from('000008ff', 'hex'), Buffer.alloc(4 * 255, 255)])),
    'bytes of elements for shape',
  ],
  ['a picture of 2147483647x2147483647', pictureOf(2 ** 31 - 1, 0), 'expected a PNG of 1 to 16777216 pixels'],
  ['a picture that unpacks to 100 MB', pictureOf(12, 100_000_000), 'a damaged PNG file'],
];

const pollution: readonly Case[] = [
  ...[
    '{"__proto__": {"polluted": 1}}',
    '{"training": {"__proto__": {"polluted": 1}}}',
    '{"constructor": {"prototype": {"polluted": 1}}}',
  ].map((text): Case => [`the configuration ${text}`, readConfig(text), 'configuration: unknown key']),
  [
    '--set __proto__.polluted=1',
    () => resolveConfig(presets.paper, parseAssignment('__proto__.polluted=1')),
    'configuration: unknown key __proto__',
  ],
  [
    'a model whose configuration has a __proto__',
    () =>
      decodeCapsNet(
        withConfig(config => Object.fromEntries([...Object.entries(config), ['__proto__', { polluted: 1 }]])),
      ),
    'unknown key __proto__',
  ],
  [
    'a model with a tensor named __proto__',
    () => decodeCapsNet(withTensor('__proto__', [0])),
    'expected none for "__proto__"',
  ],
  ['a checkpoint that lists __proto__', listing('__proto__'), 'checkpoint.json: expected files'],
];

describe('hostile files are refused', () => {
  test.for([
    ['that point outside their folder', outsideItsFolder],
    ['with absurd shapes', absurdShapes],
    ['that would pollute prototypes', pollution],
  ] as const)('%s', async ([, cases], context) => {
    await useBackend(context, 'wasm');
    const tensors = tf.memory().numTensors;
    for (const [what, read, message] of cases) {
      const folder = temporaryFolder();
      await expect(async () => read(folder), what).rejects.toThrow(message);
      expect(Object.hasOwn(Object.prototype, 'polluted'), what).toBe(false);
    }
    expect(tf.memory().numTensors).toBe(tensors);
    count(context, { files: cases.length, refused: cases.length });
  });
});
