import type { CapsNetConfig } from './capsnet-config';

/**
 * Checks a configuration before anything is allocated for it.
 *
 * @throws with the path of the first value that cannot be right, what was expected and what was found
 */
export function checkConfig(config: unknown): asserts config is CapsNetConfig {
  sections('', config, ['image', 'primary', 'routing', 'margin', 'initializer']);
  const { image, convolutions, primary, hidden, routing, decoder, margin, initializer } =
    config as CapsNetConfig;
  const { classes, classDim, seed } = config as CapsNetConfig;
  known('', config as CapsNetConfig, [
    'image',
    'classes',
    'convolutions',
    'primary',
    'hidden',
    'classDim',
    'routing',
    'decoder',
    'margin',
    'initializer',
    'seed',
  ]);
  known('image.', image, ['height', 'width', 'channels', 'mean', 'deviation']);
  size('image.height', image.height);
  size('image.width', image.width);
  size('image.channels', image.channels);
  number('image.mean', image.mean);
  number('image.deviation', image.deviation, deviation => deviation > 0, 'above 0');
  size('classes', classes);
  size('classDim', classDim);

  let [height, width] = [image.height, image.width];
  const convolve = (path: string, { kernel, stride }: { kernel: number; stride: number }) => {
    size(`${path}.kernel`, kernel);
    size(`${path}.stride`, stride);
    if (kernel > Math.min(height, width))
      fail(`${path}.kernel`, `at most ${Math.min(height, width)}, what is left of the image`, kernel);
    height = Math.floor((height - kernel) / stride) + 1;
    width = Math.floor((width - kernel) / stride) + 1;
  };
  list('convolutions', convolutions);
  convolutions.forEach((convolution, index) => {
    const path = `convolutions[${index}]`;
    known(`${path}.`, convolution, ['filters', 'kernel', 'stride', 'batchNorm']);
    size(`${path}.filters`, convolution.filters);
    convolve(path, convolution);
    flag(`${path}.batchNorm`, convolution.batchNorm ?? false);
  });
  known('primary.', primary, [
    'channels',
    'dim',
    'kernel',
    'stride',
    'gain',
    'depthwise',
    'squash',
    'method',
  ]);
  size('primary.channels', primary.channels);
  size('primary.dim', primary.dim);
  number('primary.gain', primary.gain);
  flag('primary.depthwise', primary.depthwise ?? false);
  const below = convolutions.at(-1)?.filters ?? image.channels;
  if (primary.depthwise && primary.channels * primary.dim !== below)
    fail(
      'primary.channels * primary.dim',
      `${below}, the channels below, to be depthwise`,
      primary.channels * primary.dim,
    );
  word('primary.squash', primary.squash ?? 'paper', ['paper', 'exponential']);
  word('primary.method', primary.method ?? 'auto', ['auto', 'direct', 'bilinear']);
  convolve('primary', primary);
  list('hidden', hidden);
  hidden.forEach((layer, index) => {
    known(`hidden[${index}].`, layer, ['capsules', 'dim']);
    size(`hidden[${index}].capsules`, layer.capsules);
    size(`hidden[${index}].dim`, layer.dim);
  });

  known('routing.', routing, ['type', 'iterations', 'softmaxOver', 'gradient', 'bias', 'method']);
  word('routing.type', routing.type ?? 'dynamic', ['dynamic', 'self-attention']);
  size('routing.iterations', routing.iterations);
  word('routing.softmaxOver', routing.softmaxOver, ['out', 'in']);
  word('routing.gradient', routing.gradient, ['full', 'last']);
  flag('routing.bias', routing.bias);
  word('routing.method', routing.method ?? 'auto', ['auto', 'plain', 'fast']);
  if (decoder !== null && typeof decoder !== 'object') fail('decoder', 'an object or null', decoder);
  if (decoder) {
    known('decoder.', decoder, ['hidden', 'maskBy', 'weight', 'reduction', 'target']);
    list('decoder.hidden', decoder.hidden);
    decoder.hidden.forEach((units, index) => {
      size(`decoder.hidden[${index}]`, units);
    });
    word('decoder.maskBy', decoder.maskBy, ['label', 'prediction']);
    number('decoder.weight', decoder.weight, weight => weight >= 0, 'from 0');
    word('decoder.reduction', decoder.reduction, ['sum', 'mean']);
    word('decoder.target', decoder.target, ['image', 'normalised']);
  }
  known('margin.', margin, ['squared', 'mPositive', 'mNegative', 'lambda']);
  flag('margin.squared', margin.squared);
  number('margin.mPositive', margin.mPositive);
  number('margin.mNegative', margin.mNegative);
  number('margin.lambda', margin.lambda);
  sections('initializer.', initializer, ['routing']);
  known('initializer.', initializer, ['convolution', 'routing']);
  known('initializer.routing.', initializer.routing, ['distribution', 'deviation']);
  word('initializer.convolution', initializer.convolution, ['fanIn', 'authors', 'heNormal']);
  word('initializer.routing.distribution', initializer.routing.distribution, ['truncatedNormal', 'normal']);
  number(
    'initializer.routing.deviation',
    initializer.routing.deviation,
    deviation => deviation > 0,
    'above 0',
  );
  number('seed', seed, seed => Number.isSafeInteger(seed * 1000) && seed >= 0, 'an integer from 0 to 9e12');
}

function sections(path: string, value: unknown, keys: readonly string[]): void {
  for (const key of keys) {
    const section = (value as Record<string, unknown> | null)?.[key];
    if (typeof section !== 'object' || section === null) fail(`${path}${key}`, 'an object', section);
  }
}

/** A key that nobody reads is a misspelt one. */
function known<T extends object>(path: string, section: T, keys: readonly (keyof T & string)[]): void {
  const unknown = Object.keys(section).find(key => !keys.includes(key as keyof T & string));
  if (unknown !== undefined)
    fail(
      `${path}${unknown}`,
      `absent (known are ${keys.join(', ')})`,
      (section as Record<string, unknown>)[unknown],
    );
}

function list(path: string, value: unknown): void {
  if (!Array.isArray(value)) fail(path, 'a list', value);
  const items = value as unknown[];
  const wrong = items.findIndex(item => item === null || item === undefined);
  if (wrong >= 0) fail(`${path}[${wrong}]`, 'a value', items[wrong]);
}

function size(path: string, value: unknown): void {
  // A limit for one size keeps the products of three of them exact.
  number(
    path,
    value,
    number => Number.isInteger(number) && number >= 1 && number <= 65536,
    'an integer from 1 to 65536',
  );
}

function number(
  path: string,
  value: unknown,
  isRight: (value: number) => boolean = () => true,
  expected = 'a number',
): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || !isRight(value)) fail(path, expected, value);
}

function word(path: string, value: unknown, words: readonly string[]): void {
  if (typeof value !== 'string' || !words.includes(value))
    fail(path, words.map(word => `"${word}"`).join(' or '), value);
}

function flag(path: string, value: unknown): void {
  if (typeof value !== 'boolean') fail(path, 'true or false', value);
}

function fail(path: string, expected: string, found: unknown): never {
  throw new Error(`capsNet: expected config.${path} to be ${expected}, found ${show(found)}`);
}

/** A value from a file may be of any size and depth; a message is short. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
