import { existsSync } from 'node:fs';
import { z } from 'zod';
import { conform, storedConfig } from '../../config/resolve';
import { loadData } from '../../data/load-data';
import { readJson } from '../../files/json-file';
import { hasReached, readObjective } from '../../runs/objective';
import { runFolder } from '../../runs/run-folder';
import { openConsole } from '../../terminal/console';
import { within } from '../../terminal/errors';
import { startTraining } from '../../training/start-training';
import { command } from '../command';
import { backend, json, runs, takeOver } from '../options';

const trialSchema = z.strictObject({
  runName: z.string(),
  config: z.record(z.string(), z.unknown()),
  until: z.int().min(1).nullable(),
});

/** What `capsnet sweep` and its workers start; not for people. */
export const trial = command('trial', 'Train one configuration of a sweep to its next rung, or to its end.', [
  ['capsnet trial trial.json --runs runs', 'a file that capsnet sweep writes'],
])
  .argument('<file>', 'which run, its configuration, and the step to come to')
  .addOption(runs)
  .addOption(takeOver)
  .addOption(backend)
  .addOption(json)
  .action(async (file, options) => {
    const { runName, config, until } = await within(file, async () => {
      const read = conform(trialSchema, await readJson(file), 'trial');
      return { ...read, config: storedConfig(read.config) };
    });
    const run = runFolder(options.runs, runName);
    // Somebody was told of it, perhaps, and did not live to write it down.
    if (hasReached(await readObjective(run), until)) return;
    const output = openConsole(options.json ?? false);
    process.exitCode = await startTraining({
      run,
      config,
      data: await loadData(config.data, output),
      backend: options.backend ?? config.backend,
      output,
      resume: existsSync(run.config),
      takeOver: options.takeOver ?? false,
      resumeWith: 'the same sweep',
      trial: { until },
    });
  });
