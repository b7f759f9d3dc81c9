import { info } from './machine/info';
import { native } from './machine/native';
import { evaluate } from './models/evaluate';
import { exportNetwork } from './models/export';
import { perturb } from './models/perturb';
import { predict } from './models/predict';
import { reconstruct } from './models/reconstruct';
import { serve } from './models/serve';
import { experiment } from './training/experiment';
import { queue } from './training/queue';
import { runs } from './training/runs';
import { sweep } from './training/sweep';
import { train } from './training/train';
import { trial } from './training/trial';
import { worker } from './training/worker';

/** Every command of `capsnet`, as `--help` lists them. A new one is a file and a line here. */
export const commands = [
  train,
  evaluate,
  predict,
  reconstruct,
  perturb,
  exportNetwork,
  experiment,
  sweep,
  runs,
  worker,
  queue,
  serve,
  info,
  native,
];

/** What capsnet starts as processes of its own; `--help` does not list them. */
export const internal = [trial];
