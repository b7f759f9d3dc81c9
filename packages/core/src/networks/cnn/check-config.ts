import { checked, wrongValue } from '../../configuration/check';
import { type CnnConfig, type CnnOptions, cnnSchema } from './config';

/**
 * A configuration with all its values, checked before anything is allocated for it.
 *
 * @throws CapsnetError `invalid-argument` with the path of the first value that cannot be right, the expected and the found
 */
export function cnnConfig(options: CnnOptions = {}): CnnConfig {
  const config: CnnConfig = checked(cnnSchema, { kind: 'cnn', ...options }, 'cnn');
  let left = Math.min(config.image.height, config.image.width);
  for (const [index, { strides, pool }] of config.convolutions.entries()) {
    left = Math.ceil(left / strides);
    if (pool > left)
      throw wrongValue(
        'cnn',
        `convolutions.${index}.pool`,
        `at most ${left}, what is left of the image`,
        pool,
      );
    left = Math.floor(left / pool);
  }
  return config;
}
