import { appendFileSync, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CapsnetError, differences, formatPercent, show } from '@capsnet/checks';
import { FolderLocked, lockFolder } from '@capsnet/checks/node';
import { networkConfig } from '@capsnet/core';
import writeFileAtomic from 'write-file-atomic';
import type { RunConfig } from '../config/schema';
import { batchesOf } from '../data/batches';
import { digestsOf } from '../data/digests';
import { loadData } from '../data/load-data';
import { checkFits, sizesOf } from '../data/sizes';
import { type Splits, split } from '../data/splits';
import type { ImageSets } from '../data-sets/data-set';
import { watcherOf } from '../queue/train-all';
import type { Supply, TrainingQueue } from '../queue/training-queue';
import { type TrialTraining, trialTraining } from '../queue/trial-training';
import { hasReached, readObjective } from '../runs/objective';
import { runFolder } from '../runs/run-folder';
import type { Console } from '../terminal/console';
import { messageOf, UsageError, within } from '../terminal/errors';
import type { Decision } from './halving';
import { type Entry, type Journal, openJournal, type Unwritten } from './journal';
import { epochsOf, levelsOf, rungSteps, rungText } from './levels';
import { optunaLines } from './optuna';
import type { Values } from './space';
import { numberText, shortNames, valueText } from './standings';
import { baseOf, configOf, type Described, type Sweep } from './sweep';
import { nextOf, nothingBegun, type SweepState, withEntry } from './sweep-state';

interface Request {
  readonly queue: TrainingQueue;
  /** The folder of all runs. */
  readonly runs: string;
  readonly backend: string | null;
  /** Whether the journal tells which machines have trained. */
  readonly keepHosts: boolean;
}

interface Surroundings {
  readonly output: Console;
  readonly signal: AbortSignal;
  /** Something has ended. */
  readonly onChange: (state: SweepState) => Promise<void>;
}

/** Where a sweep keeps its journal, its page and what Optuna reads. */
export function sweepFolder(runs: string, name: string) {
  const { path, config } = runFolder(runs, name);
  return {
    path,
    page: join(path, 'sweep.html'),
    optuna: join(path, 'optuna.jsonl'),
    /** A run of this name was trained here. */
    isRun: existsSync(config),
  };
}

/**
 * Has a sweep trained by a queue, or goes on with it: what the journal in its folder says is not decided again, nor trained
 * again.
 *
 * @returns how it ended: there may be trainings left if it was interrupted
 * @throws Error when trainings have failed for a reason that is not their configuration
 */
export async function runSweep(
  sweep: Sweep,
  request: Request,
  surroundings: Surroundings,
): Promise<SweepState> {
  const folder = sweepFolder(request.runs, sweep.name);
  if (folder.isRun) {
    throw new UsageError(
      `${folder.path} is a run of its own: give the sweep's file another name, or take other --runs`,
    );
  }
  const data = await loadData(baseOf(sweep.described).data, surroundings.output);
  const splits = await within(sweep.file, () => split(data, baseOf(sweep.described)));
  await within(`--runs ${request.runs}`, () => mkdir(folder.path, { recursive: true }));
  const lock = await lockFolder(folder.path).catch(error => {
    throw error instanceof FolderLocked ? new UsageError(error.message, { cause: error }) : error;
  });
  try {
    const journal = await openJournal(folder.path);
    try {
      const running = new RunningSweep(sweep, request, surroundings, { journal, data, splits });
      await running.begin(folder);
      return await running.train();
    } finally {
      journal.close();
    }
  } finally {
    await lock.release();
  }
}

interface Opened {
  readonly journal: Journal;
  readonly data: ImageSets;
  readonly splits: Splits;
}

/** A configuration that can be trained. */
interface Prepared {
  readonly config: RunConfig;
  /** The step of each level; null for the end. */
  readonly untils: readonly (number | null)[];
}

class RunningSweep {
  readonly #sweep: Sweep;
  readonly #request: Request;
  readonly #around: Surroundings;
  readonly #opened: Opened;
  #state = nothingBegun;
  #writeOptuna: (entry: Entry) => void = () => {};

  constructor(sweep: Sweep, request: Request, around: Surroundings, opened: Opened) {
    this.#sweep = sweep;
    this.#request = request;
    this.#around = around;
    this.#opened = opened;
    this.#state = { ...nothingBegun, trials: [] };
  }

  /** Goes to where the journal ends; a new one gets its first line. */
  async begin(folder: { readonly path: string; readonly optuna: string }): Promise<void> {
    const { journal, data } = this.#opened;
    const { described } = this.#sweep;
    const linesOf = optunaLines(this.#sweep);
    const header: Unwritten = { type: 'sweep', described: plain(described), train: digestsOf(data).train };
    if (journal.entries.length === 0) journal.append(header);
    else expectSame(this.#sweep, header, journal.entries[0]!, folder.path);
    let optuna = '';
    await within(join(folder.path, 'journal.jsonl'), () => {
      for (const entry of journal.entries) {
        this.#state = withEntry(this.#state, entry, this.#sweep);
        optuna += linesOf(entry);
      }
    });
    await writeFileAtomic(folder.optuna, optuna);
    this.#writeOptuna = entry => appendFileSync(folder.optuna, linesOf(entry));
  }

  async train(): Promise<SweepState> {
    const { output, signal, onChange } = this.#around;
    const { queue, keepHosts } = this.#request;
    const failures: string[] = [];
    const watcher = {
      ...watcherOf<TrialTraining>(output, nameOf),
      onBegin: (training: TrialTraining, host: string) => this.#tellBegin(training, host),
    };
    for await (const { training, hosts, failure } of queue.train(this.#supply(), { signal, watcher })) {
      const reason = failure ?? (await this.#end(training, keepHosts ? hosts : undefined));
      if (reason === undefined) await onChange(this.#state);
      else {
        failures.push(`${training.label}: ${reason}`);
        output.warn(`${training.label}  failed: ${reason}`);
        output.emit({ type: 'failed', ...nameOf(training), failure: reason });
      }
    }
    if (failures.length > 0) {
      throw new Error(
        `${failures.length} of ${this.#state.trials.length} trainings failed: ${failures.join('; ')}. The same command goes on with them`,
      );
    }
    const isDone =
      !this.#state.trials.some(({ goal }) => goal !== undefined) && !nextOf(this.#state, this.#sweep);
    if (isDone && !this.#state.isOver) this.#write({ type: 'over' });
    return this.#state;
  }

  /** First what was begun and has not ended, then what follows from what has. */
  #supply(): Supply<TrialTraining> {
    const begun = this.#state.trials.filter(({ goal }) => goal !== undefined);
    const prepared = new Map<number, Prepared>();
    const prepareOnce = async (trial: number, values: Values) => {
      const found = prepared.get(trial) ?? (await this.#prepare(values));
      prepared.set(trial, found);
      return found;
    };
    return {
      isAdaptive: true,
      next: async () => {
        const again = begun.shift();
        if (again) {
          const { config } = await prepareOnce(again.number, again.values);
          return this.#trainingOf(again.number, config, again.until);
        }
        for (;;) {
          const decision = nextOf(this.#state, this.#sweep);
          if (!decision) return undefined;
          const values = this.#sweep.configurations[decision.trial]!;
          try {
            const { config, untils } = await prepareOnce(decision.trial, values);
            const until = untils[decision.level]!;
            this.#write({ type: 'begin', ...decision, until, values });
            return this.#trainingOf(decision.trial, config, until);
          } catch (error) {
            if (!(error instanceof CapsnetError)) throw error;
            await this.#refuse(decision, values, messageOf(error));
          }
        }
      },
    };
  }

  async #prepare(values: Values): Promise<Prepared> {
    const { data, splits } = this.#opened;
    const { described } = this.#sweep;
    const config = configOf(this.#sweep, values, sizesOf(data, configOf(this.#sweep, values)));
    networkConfig(config.model);
    checkFits(config.model, data, config);
    const { batchesPerEpoch } = (await batchesOf(splits, config)).train;
    const { batchSize, validationsPerEpoch } = config.training;
    const epoch = { batchesPerEpoch, batchSize, validationsPerEpoch };
    return {
      config: { ...config, training: { ...config.training, epochs: epochsOf(described, epoch) } },
      untils: [...rungSteps(described, epoch), null],
    };
  }

  /** Notes values that make no network, or none for these images. */
  async #refuse(decision: Decision, values: Values, reason: string): Promise<void> {
    const { output, onChange } = this.#around;
    const { trial } = decision;
    this.#write({ type: 'begin', ...decision, until: null, values });
    this.#write({ type: 'end', trial, state: 'invalid', steps: 0, images: 0, reason });
    output.warn(`${this.#sweep.name}-${numberText(trial, this.#sweep)}  ${valuesText(values)}: ${reason}`);
    output.emit({ type: 'ended', sweep: this.#sweep.name, trial, values, state: 'invalid', reason });
    await onChange(this.#state);
  }

  #trainingOf(trial: number, config: RunConfig, until: number | null): TrialTraining {
    const { backend } = this.#request;
    const { name } = this.#sweep;
    return trialTraining({ name, trial: numberText(trial, this.#sweep), config, until, backend });
  }

  /** Notes what a training has come to. @returns why it has not come to anything */
  async #end(training: TrialTraining, hosts: readonly string[] | undefined): Promise<string | undefined> {
    const { output } = this.#around;
    try {
      const run = runFolder(this.#request.runs, training.runName);
      const objective = await readObjective(run);
      if (!hasReached(objective, training.until))
        return `${run.objective} is missing, or is of an earlier rung`;
      const trial = Number(training.trial);
      this.#write({ type: 'end', trial, ...objective, ...(hosts && { hosts }) });
      const at = this.#levelText(this.#state.trials[trial]!.scores.length - 1);
      output.print(
        objective.state === 'diverged'
          ? `${training.label}  diverged: ${objective.reason}`
          : `${training.label}  validation error ${formatPercent(objective.error)} ${objective.state === 'paused' ? `at ${at}` : 'at its end'}`,
      );
      output.emit({ type: 'ended', ...nameOf(training), ...objective, ...(hosts && { hosts }) });
      return undefined;
    } catch (error) {
      if (error instanceof UsageError) return messageOf(error);
      throw error;
    }
  }

  #tellBegin(training: TrialTraining, host: string): void {
    const { output } = this.#around;
    const { values, goal, scores } = this.#state.trials[Number(training.trial)]!;
    const what = scores.length > 0 ? 'goes on' : valuesText(values);
    output.print(`${training.label}  ${what}, to ${this.#levelText(goal ?? 0)}, on ${host}`);
    output.emit({ type: 'begun', ...nameOf(training), values, level: goal, until: training.until, host });
  }

  #levelText(level: number): string {
    return (
      rungText(this.#sweep.described, level) ?? (levelsOf(this.#sweep.described) > 1 ? 'the end' : 'its end')
    );
  }

  #write(entry: Unwritten): void {
    const written = this.#opened.journal.append(entry);
    this.#state = withEntry(this.#state, written, this.#sweep);
    this.#writeOptuna(written);
  }
}

function nameOf({ name, trial }: TrialTraining) {
  return { sweep: name, trial: Number(trial) };
}

/** `initial 0.003, iterations 2` */
function valuesText(values: Values): string {
  const names = shortNames(Object.keys(values));
  return Object.values(values)
    .map((value, index) => `${names[index]} ${valueText(value)}`)
    .join(', ');
}

/** As JSON has it. */
function plain(described: Described): Record<string, unknown> {
  return JSON.parse(JSON.stringify(described));
}

/** @throws UsageError that names what the file or the images have changed since the sweep began; its words may change */
function expectSame({ file }: Sweep, now: Unwritten, before: Entry, folder: string): void {
  if (now.type !== 'sweep' || before.type !== 'sweep') {
    throw new UsageError(`${folder}: expected a journal that begins with its sweep, found ${before.type}`);
  }
  const comparable = (described: Record<string, unknown>) => ({ ...described, title: null, note: null });
  const [difference] = differences(comparable(before.described), comparable(now.described));
  if (difference) {
    throw new UsageError(
      `${folder} was begun with ${difference.path} ${show(difference.before)}, and ${file} now says ${show(difference.now)}: ` +
        'give the changed sweep a file of its own, or remove that folder and its runs',
    );
  }
  if (before.train !== now.train) {
    throw new UsageError(
      `${folder} was begun on other training images or labels than the data have now: ` +
        'put them back, or give the sweep on other images a file of its own',
    );
  }
}
