import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import type { layers } from '@tensorflow/tfjs-layers';
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
 * Holds what a layer was given against its own options and those of every layer.
 *
 * @throws CapsnetError `invalid-argument` for an option that is neither
 */
export function expectLayerOptions(layer: layers.Layer, args: object, own: readonly string[]): void {
  const keras = Object.keys(args).find(option => Object.hasOwn(inKeras, option));
  if (keras !== undefined)
    throw new CapsnetError(
      'invalid-argument',
      `${nameOf(layer)}: unknown option ${keras}: did you mean ${inKeras[keras]}?`,
    );
  const given: Readonly<Record<string, unknown>> = { ...args };
  expectKnownOptions(nameOf(layer), given, [...own, ...ofEveryLayer]);
}
