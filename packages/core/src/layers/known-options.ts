import { CapsnetError } from '@capsnet/checks';
import type { layers } from '@tensorflow/tfjs-layers';
import { closest } from 'fastest-levenshtein';
import { type LayerArgs, nameOf } from './layer-shapes';

/** What tfjs-layers takes for every layer, and what it adds where it loads a saved one. */
const ofEveryLayer: readonly string[] = [
  ...([
    'inputShape',
    'batchInputShape',
    'batchSize',
    'dtype',
    'inputDType',
    'name',
    'trainable',
    'weights',
  ] satisfies readonly (keyof LayerArgs)[]),
  ...['customObjects', 'fastWeightInitDuringBuild'],
];

/** What CapsNet-Keras calls them, where that is not nearly the same. */
const inKeras: Readonly<Record<string, string>> = {
  num_capsule: 'capsules',
  dim_capsule: 'dim',
  n_channels: 'channels',
  routings: "routing: { type: 'dynamic', iterations }",
};

/**
 * A layer's option that nothing reads would be one that has no effect, without a word.
 *
 * @throws CapsnetError `invalid-argument` for an option that is neither of every layer nor in `own`
 */
export function expectKnownOptions(layer: layers.Layer, args: object, own: readonly string[]): void {
  const known = [...own, ...ofEveryLayer];
  const unknown = Object.keys(args).find(option => !known.includes(option));
  if (unknown === undefined) return;
  const instead = Object.hasOwn(inKeras, unknown) ? inKeras[unknown] : closest(unknown, known);
  throw new CapsnetError(
    'invalid-argument',
    `${nameOf(layer)}: unknown option ${unknown}: did you mean ${instead}?`,
  );
}
