import { checked } from '../configuration/check';
import { oneKindOf } from '../configuration/fields';
import { type CapsNet, capsNet } from './capsnet/capsnet';
import { capsNetConfig } from './capsnet/check-config';
import { type CapsNetConfig, type CapsNetOptions, capsNetSchema } from './capsnet/config';
import { weightShapes } from './capsnet/weight-shapes';
import { cnnConfig } from './cnn/check-config';
import { type Cnn, cnn } from './cnn/cnn';
import { type CnnConfig, type CnnOptions, cnnSchema } from './cnn/config';
import { cnnWeightShapes } from './cnn/weight-shapes';
import type { NetworkKind } from './network';

const capsNetKind = {
  kind: 'capsnet',
  schema: capsNetSchema,
  check: capsNetConfig,
  shapes: weightShapes,
  build: capsNet,
} satisfies NetworkKind<CapsNetConfig, CapsNet>;

const cnnKind = {
  kind: 'cnn',
  schema: cnnSchema,
  check: cnnConfig,
  shapes: cnnWeightShapes,
  build: cnn,
} satisfies NetworkKind<CnnConfig, Cnn>;

/** The kinds of network. A new one is a folder beside this file and a place in this list. */
const kinds = [capsNetKind, cnnKind] as const;

/** The configuration of any kind of network, told apart by `kind`. */
export const networkSchema = oneKindOf('kind', kinds);

export type NetworkConfig = CapsNetConfig | CnnConfig;
/** A part of it: the rest is by default. */
export type NetworkOptions = CapsNetOptions | (CnnOptions & { readonly kind: 'cnn' });

/** A network of any kind, told apart by `kind`. */
export type AnyNetwork = CapsNet | Cnn;

export const kindNames: readonly string[] = kinds.map(({ kind }) => kind);

/** The kind of that name, which has to be one of {@link kindNames}. */
export function kindOf(name: string): NetworkKind<NetworkConfig, AnyNetwork> {
  return kinds.find(({ kind }) => kind === name) as unknown as NetworkKind<NetworkConfig, AnyNetwork>;
}

/**
 * A configuration of any kind with all its values, checked before anything is allocated for it.
 *
 * @param options any part of it; without a `kind`, of a capsule network
 * @throws CapsnetError `invalid-argument` with the path of the first value that cannot be right, the expected and the found
 */
export function networkConfig(options: NetworkOptions = {}): NetworkConfig {
  return kindOf(checked(networkSchema, options, 'network').kind).check(options);
}

/**
 * The network of a configuration, of whatever kind.
 *
 * @throws CapsnetError `invalid-argument` if it cannot be built
 */
export function buildNetwork(options: NetworkOptions = {}): AnyNetwork {
  const config = networkConfig(options);
  return kindOf(config.kind).build(config);
}
