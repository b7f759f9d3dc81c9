import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { initializers } from '@tensorflow/tfjs-layers';

/** A tfjs initialiser, from `tf.initializers`. */
export type Initializer = ReturnType<typeof initializers.ones>;

/** An initialiser as a saved model holds it. */
export interface InitializerConfig extends tf.serialization.ConfigDict {
  readonly className: string;
  readonly config: tf.serialization.ConfigDict;
}

export function configOf(initializer: Initializer): InitializerConfig {
  return { className: initializer.getClassName(), config: initializer.getConfig() };
}

/** tfjs-layers has this too, but does not export it. */
export function initializerFrom(initializer: Initializer | InitializerConfig): Initializer {
  if ('apply' in initializer) return initializer as Initializer;
  const { className, config } = initializer;
  const registered = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (!registered)
    throw new CapsnetError(
      'invalid-argument',
      `expected an initialiser of tf.initializers, found "${className}"`,
    );
  const [kind, fromConfig] = registered;
  return fromConfig(kind, config) as Initializer;
}
