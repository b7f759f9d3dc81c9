import { CapsnetError } from '@capsnet/checks';
import { layers, SymbolicTensor, version_layers } from '@tensorflow/tfjs-layers';
import { nameOf } from './layer-shapes';

type Apply = layers.Layer['apply'];

/** A layer of tfjs that recognises a graph of another copy of tfjs, whose layers do not fit its own. */
export abstract class Layer extends layers.Layer {
  override apply(...args: Parameters<Apply>): ReturnType<Apply> {
    for (const input of [args[0]].flat()) {
      // Symbolic tensors alone have one, whatever a minifier called their class.
      if ('sourceLayer' in Object(input) && !(input instanceof SymbolicTensor)) {
        throw new CapsnetError(
          'invalid-tensor',
          `${nameOf(this)}: expected a symbolic tensor of the @tensorflow/tfjs-layers that @capsnet/core uses, ${version_layers}, ` +
            'found one of another copy; a project must have one: `npm ls @tensorflow/tfjs-layers` shows them, and ' +
            `"overrides" in package.json, or \`npm install @tensorflow/tfjs@${version_layers}\` and \`npm dedupe\`, leave one`,
        );
      }
    }
    return super.apply(...args);
  }
}
