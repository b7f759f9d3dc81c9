import { evaluate } from './evaluate';
import { experiment } from './experiment';
import { info } from './info';
import { native } from './native';
import { perturb } from './perturb';
import { predict } from './predict';
import { queue } from './queue';
import { reconstruct } from './reconstruct';
import { runs } from './runs';
import { serve } from './serve';
import { train } from './train';
import { worker } from './worker';

/** Every command of `capsnet`, as `--help` lists them. A new one is a file and a line here. */
export const commands = [
  train,
  evaluate,
  predict,
  reconstruct,
  perturb,
  experiment,
  runs,
  worker,
  queue,
  serve,
  info,
  native,
];
