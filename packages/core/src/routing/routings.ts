import type * as z from 'zod/mini';
import { oneKindOf } from '../configuration/fields';
import { dynamic } from './dynamic/dynamic-routing';
import { emRouting } from './em/em-routing';
import type { Routing } from './routing';
import { selfAttention } from './self-attention/self-attention-routing';

/** The ways in which capsules find their parents. A new one is a folder beside this file and a place in this list. */
const routings = [dynamic, selfAttention, emRouting] as const;

/** The options of any of them, told apart by `type`. */
export const routingSchema = oneKindOf('type', routings);

/** `routing` in a configuration, after defaults. */
export type RoutingConfig = Readonly<z.output<typeof routingSchema>>;
/** The same, with what is by default left out. */
export type RoutingOptions = Readonly<z.input<typeof routingSchema>>;

/** The routing that a configuration names. */
export function routingOf({ type }: RoutingConfig): Routing<RoutingConfig> {
  return routings.find(routing => routing.type === type) as unknown as Routing<RoutingConfig>;
}
