import { oneKindOf } from '../configuration/fields';
import { type CapsNet, capsNet } from './capsnet/capsnet';
import { type CapsNetConfig, capsNetSchema } from './capsnet/config';
import { weightShapes } from './capsnet/weight-shapes';
import { type Cnn, cnn } from './cnn/cnn';
import { type CnnConfig, cnnSchema } from './cnn/config';
import { cnnWeightShapes } from './cnn/weight-shapes';
import type { Network, NetworkKind } from './network';

const capsNetKind = {
  kind: 'capsnet',
  schema: capsNetSchema,
  shapes: weightShapes,
  build: capsNet,
} satisfies NetworkKind<CapsNetConfig, CapsNet>;

const cnnKind = {
  kind: 'cnn',
  schema: cnnSchema,
  shapes: cnnWeightShapes,
  build: cnn,
} satisfies NetworkKind<CnnConfig, Cnn>;

/** The kinds of network. A new one is a folder beside this file and a place in this list. */
const kinds = [capsNetKind, cnnKind] as const;

/** The configuration of any kind of network, told apart by `kind`. */
export const networkSchema = oneKindOf('kind', kinds);

export type NetworkConfig = CapsNetConfig | CnnConfig;

/** A network of any kind, told apart by `kind`. */
export type AnyNetwork = CapsNet | Cnn;

/** The kind of a configuration. */
export function kindOf({
  kind,
}: {
  readonly kind: string;
}): NetworkKind<NetworkConfig, AnyNetwork> | undefined {
  return kinds.find(known => known.kind === kind) as unknown as
    | NetworkKind<NetworkConfig, AnyNetwork>
    | undefined;
}

export const kindNames: readonly string[] = kinds.map(({ kind }) => kind);

/**
 * The network of a configuration, of whatever kind.
 *
 * @throws CapsnetError `invalid-argument` if it cannot be built
 */
export function buildNetwork<Config extends NetworkConfig>(
  config: Config,
): Config extends CapsNetConfig ? CapsNet : Config extends CnnConfig ? Cnn : Network {
  return kindOf(config)!.build(config) as never;
}
