import type * as z from 'zod/mini';
import { oneKindOf } from '../configuration/fields';
import type { ClassLoss } from './class-loss';
import { margin } from './margin-loss';
import { spread } from './spread-loss';

/** The losses that teach class capsules. A new one is a file beside this and a place in this list. */
const classLosses = [margin, spread] as const;

/** The options of any of them, told apart by `type`. */
export const classLossSchema = oneKindOf('type', classLosses);

/** `loss` in a configuration, after defaults. */
export type ClassLossConfig = Readonly<z.output<typeof classLossSchema>>;

/** The loss that a configuration names. */
export function classLossOf({ type }: ClassLossConfig): ClassLoss<ClassLossConfig> {
  return classLosses.find(loss => loss.type === type) as unknown as ClassLoss<ClassLossConfig>;
}
