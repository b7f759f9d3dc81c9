import { configChecks } from '../config-checks';
import type { CapsNetConfig } from './capsnet-config';

const { imageFormat, seedOf, sections, known, list, size, number, word, flag, fail } =
  configChecks('capsNet');

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
  imageFormat(image);
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
  seedOf(seed);
}
