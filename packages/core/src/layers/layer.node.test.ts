import { createRequire } from 'node:module';
import type tfl from '@tensorflow/tfjs-layers';
import { version_layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { CapsuleLength } from './capsule-length';
import { PrimaryCapsules } from './primary-capsules';

// The same code once more, as a package manager installs it beside a pinned version.
const copy: typeof tfl = createRequire(import.meta.url)('@tensorflow/tfjs-layers/dist/tf-layers.min.js');

const message = new RegExp(
  `"primary": expected a symbolic tensor of the @tensorflow/tfjs-layers that @capsnet/core uses, ${version_layers}, found one of another copy`,
);

test('a layer says that the graph is of another copy of tfjs, and how to have one', () => {
  const image = copy.input({ shape: [28, 28, 1] });
  const primary = new PrimaryCapsules({ name: 'primary', channels: 1, dim: 4 });
  expect(() => primary.apply(image)).toThrow(message);
  expect(() => new CapsuleLength({}).apply([image])).toThrow('`npm dedupe`');
  const first = new PrimaryCapsules({ name: 'primary', channels: 1, dim: 4, inputShape: [28, 28, 1] });
  expect(() => copy.sequential().add(first)).toThrow(message);
});
