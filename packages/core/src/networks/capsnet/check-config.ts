import { checked } from '../../configuration/check';
import { type CapsNetConfig, type CapsNetOptions, capsNetSchema } from './config';
import { expectToFit } from './geometry';

/**
 * A configuration with all its values, checked before anything is allocated for it.
 *
 * @param options any part of it; what it leaves out is as in the paper's network
 * @throws CapsnetError `invalid-argument` with the path of the first value that cannot be right, the expected and the found
 */
export function capsNetConfig(options: CapsNetOptions = {}): CapsNetConfig {
  const config: CapsNetConfig = checked(capsNetSchema, options, 'capsNet');
  expectToFit(config);
  return config;
}
