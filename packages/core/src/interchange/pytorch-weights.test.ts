import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { smallNetworks } from '../../test/small-networks';
import { type CapsNet, capsNet } from '../networks/capsnet/capsnet';
import { cnn } from '../networks/cnn/cnn';
import { exportPyTorchWeights, importPyTorchWeights } from './pytorch-weights';

const config = {
  image: { height: 12, width: 14, channels: 2 },
  convolutions: [{ filters: 3, kernelSize: 3 }],
  primary: { channels: 2, dim: 3, kernelSize: 3, gain: 0.5 },
  hidden: [{ capsules: 4, dim: 5 }],
  classes: 3,
  classDim: 4,
  routing: { type: 'dynamic', useBias: true },
  decoder: { hidden: [6] },
} as const;

/** Numbers that differ, as a `state_dict` of this network has them. */
async function stateOf(network: CapsNet): Promise<Record<string, TensorEntry>> {
  const { tensors } = decodeSafetensors(await exportPyTorchWeights(network));
  let next = 0;
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      // In half precision too, exactly.
      const numbers = Float32Array.from(data as Float32Array, () => (next++ % 2000) / 8 - 100);
      return [name, { dtype: 'F32', shape, data: numbers }];
    }),
  );
}

const weights = ({ variables }: CapsNet) =>
  Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, [...variable.dataSync()]]));

test('what is exported is what was imported, by the names and shapes of PyTorch', async () => {
  const network = capsNet(config);
  const state = await stateOf(network);
  const before = tf.memory().numTensors;
  importPyTorchWeights(network, encodeSafetensors(state));
  const exported = decodeSafetensors(await exportPyTorchWeights(network)).tensors;
  expect(tf.memory().numTensors).toBe(before);
  expect({ ...exported }).toEqual(state);
  expect(Object.fromEntries(Object.entries(exported).map(([name, { shape }]) => [name, [...shape]]))).toEqual(
    {
      'conv1.weight': [3, 2, 3, 3],
      'conv1.bias': [3],
      'conv2.weight': [6, 3, 3, 3],
      'conv2.bias': [6],
      'capsules1.weight': [40, 4, 3, 5],
      'capsules1.bias': [4, 5],
      'digit_capsules.weight': [4, 3, 5, 4],
      'digit_capsules.bias': [3, 4],
      'decoder.0.weight': [6, 12],
      'decoder.0.bias': [6],
      'decoder.2.weight': [336, 6],
      'decoder.2.bias': [336],
    },
  );
});

/** 16 bits of numbers that have no more than that: the truth is Float32's own bits. */
const toHalf = (value: number): number => {
  if (value === 0) return 0;
  const [bits] = new Uint32Array(Float32Array.of(value).buffer);
  return ((bits! >>> 16) & 0x8000) | ((((bits! >>> 23) & 0xff) - 127 + 15) << 10) | ((bits! >>> 13) & 0x3ff);
};
const toBrain = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]! >>> 16;

test.each<[name: string, TensorEntry['dtype'], (values: Float32Array) => TensorEntry['data'], scale: number]>(
  [
    ['half', 'F16', values => Uint16Array.from(values, toHalf), 1],
    ['bfloat16', 'BF16', values => Uint16Array.from(values, toBrain), 0.125],
    ['double', 'F64', values => Float64Array.from(values), 1],
    ['32-bit integers', 'I32', values => Int32Array.from(values), 8],
    ['64-bit integers', 'I64', values => BigInt64Array.from(values, value => BigInt(value)), 8],
  ],
)('weights in %s are converted', async (_, dtype, convert, scale) => {
  const network = capsNet(config);
  const state = await stateOf(network);
  for (const entry of Object.values(state)) {
    // Whole numbers for integers; few digits for bfloat16.
    const values = (entry.data as Float32Array).map(value =>
      scale === 0.125 ? Math.round(value) % 100 : value * scale,
    );
    Object.assign(entry, { data: values });
  }
  importPyTorchWeights(network, state);
  const expected = weights(network);
  const stored = Object.entries(state).map(([name, { shape, data }]): [string, TensorEntry] => [
    name,
    { dtype, shape, data: convert(data as Float32Array) },
  ]);
  for (const variable of Object.values(network.variables)) variable.assign(tf.zerosLike(variable));
  importPyTorchWeights(network, encodeSafetensors(Object.fromEntries(stored)));
  expect(weights(network)).toEqual(expected);
});

test('half precision, number by number', () => {
  const network = capsNet({
    ...config,
    convolutions: [{ filters: 5, kernelSize: 3 }],
    decoder: null,
    hidden: [],
  });
  return stateOf(network).then(state => {
    // The largest, one, the smallest normal, the smallest subnormal, minus zero: as IEEE 754 says.
    const data = Uint16Array.of(0x7bff, 0x3c00, 0x0400, 0x0001, 0x8000);
    state['conv1.bias'] = { dtype: 'F16', shape: [5], data };
    importPyTorchWeights(network, state);
    const found = network.variables['conv1/bias']!.dataSync();
    expect([...found]).toEqual([65504, 1, 2 ** -14, 2 ** -24, -0]);
  });
});

test('names may have what DataParallel and torch.compile put before them', async () => {
  const network = capsNet(config);
  const state = await stateOf(network);
  importPyTorchWeights(network, state);
  const expected = weights(network);
  for (const prefix of ['module.', '_orig_mod.', '_orig_mod.module.']) {
    for (const variable of Object.values(network.variables)) variable.assign(tf.zerosLike(variable));
    const prefixed = Object.entries(state).map(([name, tensor]) => [prefix + name, tensor]);
    importPyTorchWeights(network, Object.fromEntries(prefixed));
    expect(weights(network)).toEqual(expected);
  }
});

test('a network without a decoder passes over the weights of one', async () => {
  const whole = capsNet(config);
  const network = capsNet({ ...config, decoder: null });
  importPyTorchWeights(network, await exportPyTorchWeights(whole));
  expect(network.variables['classes/kernel']).toBeAllClose(whole.variables['classes/kernel']!, {
    relative: 0,
  });
});

test.each<[string, (state: Record<string, TensorEntry>) => void, string]>([
  [
    'a tensor is missing',
    state => delete state['conv2.bias'],
    'expected a tensor "conv2.bias", found capsules1.bias, ',
  ],
  [
    'a tensor is one too many',
    state => Object.assign(state, { 'norm.weight': state['conv1.bias'] }),
    'and no more, found norm.weight as well',
  ],
  [
    'a tensor has another shape',
    state => Object.assign(state, { 'conv1.weight': { ...state['conv1.weight'], shape: [3, 2, 9] } }),
    'expected "conv1.weight" [3,2,3,3], found [3,2,9] with 54 values',
  ],
  [
    'a number is not finite',
    state => Object.assign(state['conv1.bias']!, { data: Float32Array.of(1, Number.NaN, 2) }),
    '"conv1.bias": expected finite numbers, found NaN (element 1)',
  ],
  [
    'a number is too large for float32',
    state =>
      Object.assign(state, {
        'conv1.bias': { dtype: 'F64', shape: [3], data: Float64Array.of(1, 2, 1e300) },
      }),
    '"conv1.bias": expected finite numbers, found Infinity (element 2)',
  ],
  [
    'numbers have 8 bits',
    state =>
      Object.assign(state, { 'conv1.bias': { dtype: 'F8_E4M3', shape: [3], data: new Uint8Array(3) } }),
    '"conv1.bias": expected a dtype of F32, F64, F16, BF16 or integers, found "F8_E4M3"',
  ],
])('says so, and changes no weight, where %s', async (_, spoil, message) => {
  const network = capsNet(config);
  const state = await stateOf(network);
  spoil(state);
  const before = weights(network);
  expect(() => importPyTorchWeights(network, state)).toThrow(message);
  expect(weights(network)).toEqual(before);
});

describe.each(smallNetworks)('a network with $name', ({ config }) => {
  test('goes to PyTorch and comes back, but for what counts steps', async () => {
    const network = capsNet(config);
    const bytes = await exportPyTorchWeights(network);
    const again = capsNet({ ...config, seed: 2 });
    importPyTorchWeights(again, bytes);
    expect(weights(again)).toEqual(weights(network));
    expect(Object.keys(decodeSafetensors(bytes).tensors)).not.toContain('loss.step');
  });
});

test('the weights of batch normalisation, a depthwise convolution and self-attention have the names and shapes of PyTorch', async () => {
  const { config } = smallNetworks.find(({ name }) => name.startsWith('batch normalisation'))!;
  const { tensors } = decodeSafetensors(await exportPyTorchWeights(capsNet(config)));
  const shapes = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, [...shape]]));
  expect(shapes).toMatchObject({
    'norm2.weight': [6],
    'norm2.bias': [6],
    'norm2.running_mean': [6],
    'norm2.running_var': [6],
    'conv3.weight': [6, 1, 4, 4],
    'digit_capsules.weight': [4, 4, 3, 5],
    'digit_capsules.bias': [4, 4],
  });
  // What torch counts of batch normalisation has no place here.
  const counter = { dtype: 'I64', shape: [], data: BigInt64Array.of(3n) } as const;
  importPyTorchWeights(capsNet(config), { ...tensors, 'norm1.num_batches_tracked': counter });
});

test('a network without capsules goes to PyTorch, its dense layer seeing channels first, and comes back', async () => {
  const options = {
    kind: 'cnn',
    image: { height: 4, width: 6, channels: 2 },
    convolutions: [{ filters: 3, kernelSize: 3, strides: 2 }],
    dense: [5],
    classes: 2,
  } as const;
  const network = cnn(options);
  const bytes = await exportPyTorchWeights(network);
  const { tensors } = decodeSafetensors(bytes);
  expect(Object.keys(tensors).sort()).toEqual(
    ['classes.bias', 'classes.weight', 'conv1.bias', 'conv1.weight', 'dense1.bias', 'dense1.weight'].sort(),
  );
  // [units, channels, height, width] there, [height, width, channels, units] here.
  const there = tf.tensor(tensors['dense1.weight']!.data as Float32Array, [5, 3, 2, 3]);
  const here = tf.reshape(tf.transpose(there, [2, 3, 1, 0]), [18, 5]);
  expect(here).toBeAllClose(network.variables['dense1/kernel']!, { relative: 0 });
  const again = cnn({ ...options, seed: 2 });
  importPyTorchWeights(again, bytes);
  for (const name of ['conv1/kernel', 'dense1/kernel', 'classes/kernel', 'classes/bias'])
    expect(again.variables[name]!).toBeAllClose(network.variables[name]!, { relative: 0 });
});
