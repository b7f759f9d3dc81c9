import { expectKnownOptions } from '@capsnet/checks';
import { checkRate, checkSteps, type Schedule } from './schedule';

/**
 * Half a cosine from `initial` in the first step to `final` in the last one (Loshchilov and Hutter 2017, without restarts):
 *
 * $$ \alpha_t = \alpha_{\text{final}} + \tfrac{1}{2} (\alpha_{\text{initial}} - \alpha_{\text{final}}) \left(1 + \cos \frac{\pi t}{T - 1}\right) $$
 *
 * @param options.initial default 1e-3; a run of one step has this rate
 * @param options.final default 1e-5; the rate of all steps from the last one on
 * @param options.steps $T$. Default: all steps of the run
 * @throws CapsnetError `invalid-argument` for a rate below 0 or a number of steps below 1
 */
export function cosine(
  options: { readonly initial?: number; readonly final?: number; readonly steps?: number | undefined } = {},
): Schedule {
  expectKnownOptions('cosine', options, ['initial', 'final', 'steps']);
  const { initial = 1e-3, final = 1e-5, steps } = options;
  checkRate('cosine: expected initial', initial);
  checkRate('cosine: expected final', final);
  if (steps !== undefined) checkSteps('cosine: expected steps', steps);
  return (step, totalSteps) => {
    const last = Math.max(1, (steps ?? totalSteps) - 1);
    return final + ((initial - final) * (1 + Math.cos(Math.PI * Math.min(1, step / last)))) / 2;
  };
}
