import { smallCnnConfig } from '@capsnet/core';

/** A network without capsules of as many parameters as CapsNet, trained in the same way. */
export const cnn = { model: smallCnnConfig };
