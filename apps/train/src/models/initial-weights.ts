import { createHash } from 'node:crypto';
import type { AnyNetwork } from '@capsnet/core';
import { loadPretrained } from '@capsnet/pretrained';
import type * as tf from '@tensorflow/tfjs-core';
import type { RunConfig } from '../config/schema';
import { UsageError } from '../terminal/errors';
import { readModel } from './model-file';

/** Where the weights come from that a training starts from. */
export type From = RunConfig['training']['from'];

/** A trained network that another one starts from. */
export interface Origin {
  /** The caller disposes of it. */
  readonly net: AnyNetwork;
  /** The names of its classes, by label, where they are known. */
  readonly classes: readonly string[] | undefined;
  /** The SHA-256 of its weights: names, shapes and values. */
  readonly digest: string;
}

/** What of a network is as it was in another one. The names are those of layers. */
export interface TakenLayers {
  readonly taken: readonly string[];
  /** With the reason why each begins anew. */
  readonly anew: readonly { readonly layer: string; readonly reason: string }[];
}

type Shapes = Readonly<Record<string, { readonly shape: readonly number[] }>>;

/** @throws UsageError when there is no such network, or a file that is none */
export async function openOrigin({ file, pretrained }: From): Promise<Origin> {
  if (file !== null && pretrained !== null)
    throw new UsageError('training.from: expected a file or a published network, found both');
  const { net, classes } =
    file !== null
      ? await readModel(file).then(({ net, pictures }) => ({ net, classes: pictures.classes }))
      : { net: await loadPretrained(pretrained!), classes: undefined };
  return { net, classes, digest: await digestOf(net) };
}

export function startsFromWeights({ file, pretrained }: From): boolean {
  return file !== null || pretrained !== null;
}

/** As a user has named it. */
export function nameOf({ file, pretrained }: From): string {
  return file ?? pretrained!;
}

/**
 * Which layers of a network start from those of another: those of the same name, of which every weight has the same shape. The last layer
 * begins anew for other classes too.
 *
 * @param classes of what is trained, where they have names
 * @throws UsageError when not one does
 */
export function layersTaken(
  origin: Pick<Origin, 'classes'> & { readonly variables: Shapes },
  { variables, classes }: { readonly variables: Shapes; readonly classes: readonly string[] | undefined },
  name: string,
): TakenLayers {
  const layers = [...new Set(Object.keys(variables).filter(isWeight).map(layerOf))];
  const ofOthers =
    classes !== undefined && origin.classes !== undefined && classes.join('\n') !== origin.classes.join('\n');
  const reasonFor = (layer: string): string | undefined => {
    const weights = Object.keys(variables).filter(weight => isWeight(weight) && layerOf(weight) === layer);
    const different = weights.find(
      weight => origin.variables[weight]?.shape.join() !== variables[weight]!.shape.join(),
    );
    if (different !== undefined) {
      const there = origin.variables[different];
      return `${different} is [${variables[different]!.shape}], ${there ? `there [${there.shape}]` : 'which is not there'}`;
    }
    return layer === 'classes' && ofOthers ? 'the classes are others' : undefined;
  };
  const all = layers.map(layer => ({ layer, reason: reasonFor(layer) }));
  const taken = all.filter(({ reason }) => reason === undefined).map(({ layer }) => layer);
  const anew = all.flatMap(({ layer, reason }) => (reason === undefined ? [] : [{ layer, reason }]));
  if (taken.length > 0) return { taken, anew };
  throw new UsageError(
    `${name}: expected at least one layer that fits the network that is trained, found none: ` +
      anew.map(({ reason }) => reason).join('; '),
  );
}

/**
 * Gives a new network the weights that it is to start from, where they fit.
 *
 * @param classes of what is trained, where they have names
 * @returns which do
 * @throws UsageError when they are not those that the configuration names by their digest
 */
export async function startFrom(
  net: AnyNetwork,
  from: From,
  classes?: readonly string[],
): Promise<TakenLayers> {
  const origin = await openOrigin(from);
  try {
    if (origin.digest !== from.digest) {
      throw new UsageError(
        `training.from: expected weights of the SHA-256 ${from.digest ?? 'that training.from.digest names'}, found ` +
          `${origin.digest} in ${nameOf(from)}: put the file back, or start a new run`,
      );
    }
    const { variables } = origin.net;
    const layers = layersTaken({ ...origin, variables }, { variables: net.variables, classes }, nameOf(from));
    for (const [name, variable] of Object.entries(net.variables)) {
      if (isWeight(name) && layers.taken.includes(layerOf(name))) variable.assign(variables[name]!);
    }
    return layers;
  } finally {
    origin.net.dispose();
  }
}

/** Not a count of steps, which begins with the training. */
function isWeight(name: string): boolean {
  return !name.endsWith('/step');
}

function layerOf(weight: string): string {
  return weight.slice(0, weight.lastIndexOf('/'));
}

async function digestOf({ variables }: AnyNetwork): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, variable] of Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { buffer, byteOffset, byteLength } = await (variable as tf.Tensor).data();
    hash
      .update(`${name} ${variable.shape.join('x')}\n`)
      .update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
