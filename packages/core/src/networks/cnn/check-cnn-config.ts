import { configChecks } from '../config-checks';
import type { CnnConfig } from './cnn-config';

const { imageFormat, seedOf, sections, known, list, size, number, fail } = configChecks('cnn');

/**
 * Checks a configuration before anything is allocated for it.
 *
 * @throws with the path of the first value that cannot be right, what was expected and what was found
 */
export function checkCnnConfig(config: unknown): asserts config is CnnConfig {
  sections('', config, ['image']);
  const { image, classes, convolutions, dense, dropout, seed } = config as CnnConfig;
  known('', config as CnnConfig, ['image', 'classes', 'convolutions', 'dense', 'dropout', 'seed']);
  imageFormat(image);
  size('classes', classes);

  let smaller = Math.min(image.height, image.width);
  list('convolutions', convolutions);
  convolutions.forEach((convolution, index) => {
    const path = `convolutions[${index}]`;
    const { filters, kernel, stride, pool = 1 } = convolution;
    known(`${path}.`, convolution, ['filters', 'kernel', 'stride', 'pool']);
    size(`${path}.filters`, filters);
    size(`${path}.kernel`, kernel);
    size(`${path}.stride`, stride);
    size(`${path}.pool`, pool);
    smaller = Math.ceil(smaller / stride);
    if (pool > smaller) fail(`${path}.pool`, `at most ${smaller}, what is left of the image`, pool);
    smaller = Math.floor(smaller / pool);
  });
  list('dense', dense);
  dense.forEach((units, index) => {
    size(`dense[${index}]`, units);
  });
  number('dropout', dropout, dropout => dropout >= 0 && dropout < 1, 'from 0 to below 1');
  seedOf(seed);
}
