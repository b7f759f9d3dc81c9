import * as z from 'zod/mini';
import { field, kindByDefault, size } from '../../configuration/fields';

/** The options of dynamic routing. */
export const dynamicSchema = z.strictObject({
  type: kindByDefault('dynamic', "How capsules find their parents: dynamic routing is the paper's."),
  iterations: field(size.check(z.lte(1000)), 3, 'How often couplings are computed.'),
  coupling: field(
    z.enum(['softmax', 'max-min']),
    'softmax',
    'What makes couplings of logits: the softmax of the paper, or the min-max normalisation of arXiv:1903.09662.',
  ),
  over: field(
    z.enum(['out', 'in']),
    'out',
    'Whether a child shares itself out over the parents ("out", the paper) or a parent over its children ("in", labml).',
  ),
  gradient: field(
    z.enum(['full', 'last']),
    'full',
    'Whether the gradient flows through every iteration, or through the last alone, couplings being constants.',
  ),
  useBias: field(
    z.boolean(),
    false,
    "A trained bias [out, outDim], 0.1 at the start, added to s in every iteration, as in the authors' code.",
  ),
  method: field(
    z.enum(['auto', 'plain', 'fast']),
    'auto',
    'The formulation: "plain" follows the paper line by line and holds all votes, "fast" gives the same without them.',
  ),
});

export type DynamicRoutingSettings = Readonly<z.output<typeof dynamicSchema>>;

/** What the formulations go by. */
export type FormulationSettings = Pick<
  DynamicRoutingSettings,
  'iterations' | 'coupling' | 'over' | 'gradient'
> & {
  /** The squash's. */
  readonly epsilon: number;
};
