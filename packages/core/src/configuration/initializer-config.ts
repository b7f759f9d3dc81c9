import { CapsnetError, show } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';

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

/**
 * tfjs-layers has this too, but does not export it.
 *
 * @param initializer one of `tf.initializers`, what {@link configOf} gives, or a name as tfjs' own layers take it:
 *   `'glorotNormal'`, `'zeros'`
 */
export function initializerFrom(initializer: Initializer | InitializerConfig | string): Initializer {
  if (typeof initializer === 'object' && 'apply' in initializer) return initializer as Initializer;
  const { className, config } =
    typeof initializer === 'string'
      ? { className: initializer.charAt(0).toUpperCase() + initializer.slice(1), config: {} }
      : initializer;
  const classes = tf.serialization.SerializationMap.getMap().classNameMap;
  const [kind, fromConfig] = (Object.hasOwn(classes, className) && classes[className]) || [];
  // Layers and optimisers are registered in the same place.
  if (kind && fromConfig && kind.prototype instanceof initializerClass()) {
    return fromConfig(kind, config) as Initializer;
  }
  throw new CapsnetError(
    'invalid-argument',
    `expected an initialiser of tf.initializers or its name, as "glorotNormal", found ${show(typeof initializer === 'string' ? initializer : className)}`,
  );
}

/** What all initialisers of tfjs extend. */
const initializerClass = (): (new () => Initializer) =>
  Object.getPrototypeOf(initializers.zeros().constructor);
