import type { RunConfig } from '../config/schema';
import { scheduleOf } from './train-options';

/**
 * What becomes of the learning rate when a run trains for more epochs, for people.
 *
 * @param epochs        before
 * @param step          steps done
 * @param stepsPerEpoch of the run
 */
export function ratesOfProlonged(
  { training }: RunConfig,
  {
    epochs,
    step,
    stepsPerEpoch,
  }: { readonly epochs: number; readonly step: number; readonly stepsPerEpoch: number },
): string {
  const { schedule: kind, initial } = training.learningRate;
  if (kind === 'constant') return `the learning rate stays ${initial}`;
  if (kind === 'step') return 'the learning rate goes on falling as before';
  const schedule = scheduleOf(training);
  const [was, is] = [
    schedule(Math.max(0, step - 1), epochs * stepsPerEpoch),
    schedule(step, training.epochs * stepsPerEpoch),
  ].map(rate => Number(rate.toPrecision(3)));
  return `the learning rate, which was ${was}, goes on from ${is}: it falls along a cosine over all ${training.epochs} epochs`;
}
