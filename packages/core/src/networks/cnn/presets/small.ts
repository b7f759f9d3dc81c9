import { cnnConfig } from '../check-config';
import type { CnnConfig } from '../config';

/**
 * A network without capsules of as many parameters as CapsNet, 8.2 million, and a tenth of its multiplications: two
 * convolutions, each followed by pooling, and a wide dense layer.
 */
export const smallCnnConfig: CnnConfig = cnnConfig();
