import type { RunConfig } from '../config/schema';
import { findUnfinishedRun } from '../runs/find-run';
import { readConfigToGoOnWith } from '../runs/prolonging';
import { type RunFolder, runFolder } from '../runs/run-folder';
import type { Console } from '../terminal/console';
import type { HostOptions } from '../workers/host-options';
import { type Joined, joinTraining } from '../workers/join-training';
import { sameConfig } from '../workers/same-training';
import { nameOfNewRun, type Prepared, prepareNewRun } from './new-run';
import { prepareFollowedRun, prepareResumedRun } from './resumed-run';
import type { TrainingOptions } from './stated-settings';

/** What is trained, where, and with whom. */
export interface JoinedRun extends Prepared {
  readonly run: RunFolder;
  readonly joined: Joined;
}

/**
 * What this worker trains with others. What is wrong with the options of a new run, it says before it waits for them.
 *
 * @throws UsageError on every worker when they are not told the same
 */
export async function prepareJoinedRun(
  options: TrainingOptions & { readonly resume?: boolean | undefined },
  hosts: HostOptions,
  output: Console,
): Promise<JoinedRun> {
  if (!options.resume) {
    const run = nameOfNewRun(options);
    const prepared = await prepareNewRun(options, output);
    const joined = await joinTraining(output, hosts, prepared.config.backend);
    await sameConfig(joined, { resume: false, config: prepared.config });
    return { ...prepared, run, joined };
  }
  const joined = await joinTraining(output, hosts, options.backend ?? (await backendOfRun(options)));
  const { workers } = joined;
  if (workers.rank === 0) {
    const prepared = await prepareResumedRun(options, output);
    await sameConfig(joined, { resume: true, config: prepared.config });
    return { ...prepared, joined };
  }
  // The run is at the first worker.
  const before: RunConfig = await sameConfig(joined, { resume: true, config: null });
  const prepared = await prepareFollowedRun(before, options, output);
  return { ...prepared, run: runFolder(options.runs, options.name ?? 'run'), joined };
}

/** Where the run is, it goes on with its backend; null elsewhere. What is wrong with it is said when all have joined. */
async function backendOfRun({ runs, name }: TrainingOptions): Promise<RunConfig['backend']> {
  try {
    return (await readConfigToGoOnWith(findUnfinishedRun(runs, name))).backend;
  } catch {
    return null;
  }
}
