import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderUser } from '@capsnet/checks/node';
import { drawLearningCurves } from '../charts/learning-curves';
import { type Measurement, readMeasurements } from '../runs/metrics-log';
import { type RunFolder, readRunConfig } from '../runs/run-folder';
import { stepsPerEpochOf } from '../runs/steps-per-epoch';

/** What the page tells of a run, all of it from its folder. */
export interface WatchedState {
  readonly name: string;
  readonly state: 'beginning' | 'running' | 'interrupted' | 'finished';
  readonly step: number;
  readonly steps: number | null;
  readonly epoch: number;
  readonly epochs: number | null;
  /** Of the last steps, and of the last validation; null before them. 0..1 */
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly validationLoss: number | null;
  readonly validationError: number | null;
  readonly bestValidationError: number | null;
  readonly learningRate: number | null;
  readonly seconds: number;
  /** At the pace of the last steps; null where nobody knows. */
  readonly secondsLeft: number | null;
  /** Of each picture that there is: another one when the picture is. */
  readonly pictures: Readonly<Partial<Record<PictureName, string>>>;
}

export type PictureName = 'curves' | 'confusion' | 'reconstructions';

/** Where the pictures of a run that is watched are, while it trains. */
export function livePictures({ path }: RunFolder) {
  return {
    confusion: join(path, 'watched-confusion.svg'),
    reconstructions: join(path, 'watched-reconstructions.png'),
  };
}

/** The number of steps over which means are shown. */
const recentSteps = 20;

export class WatchedRun {
  readonly #run: RunFolder;
  /** As of the size that the file had. */
  #known: { readonly size: number; readonly measurements: readonly Measurement[] } = {
    size: -1,
    measurements: [],
  };

  constructor(run: RunFolder) {
    this.#run = run;
  }

  async state(): Promise<WatchedState> {
    const run = this.#run;
    const measurements = this.#measurements();
    const config = await readRunConfig(run).catch(() => undefined);
    const epochs = config?.training.epochs ?? null;
    const perEpoch = await stepsPerEpochOf(run, measurements);
    const training = measurements.filter(({ split }) => split === 'train');
    const validations = measurements.filter(({ split }) => split === 'validation');
    const recent = training.slice(-recentSteps);
    const [last, validated] = [training.at(-1), validations.at(-1)];
    const steps = epochs === null || !last ? null : Math.round(epochs * perEpoch);
    const step = last?.step ?? 0;
    const pace = paceOf(recent);
    return {
      name: run.name,
      state: await this.#stage(),
      step,
      steps,
      epoch: last?.epoch ?? 0,
      epochs,
      loss: meanOf(recent, 'loss'),
      accuracy: meanOf(recent, 'accuracy'),
      validationLoss: validated?.loss ?? null,
      validationError: validated ? 1 - validated.accuracy : null,
      bestValidationError: validated ? 1 - Math.max(...validations.map(({ accuracy }) => accuracy)) : null,
      learningRate: last?.learningRate ?? null,
      seconds: measurements.at(-1)?.seconds ?? 0,
      secondsLeft: steps === null || pace === null ? null : Math.max(0, (steps - step) * pace),
      pictures: {
        ...(measurements.length > 0 && { curves: String(measurements.length) }),
        ...this.#versions(),
      },
    };
  }

  /** Undefined when there is none yet. */
  async picture(name: PictureName): Promise<Buffer | undefined> {
    if (name !== 'curves') {
      const file = this.#fileOf(name);
      return file === undefined ? undefined : readFile(file).catch(() => undefined);
    }
    const measurements = this.#measurements();
    if (measurements.length === 0) return undefined;
    const perEpoch = await stepsPerEpochOf(this.#run, measurements);
    return Buffer.from(drawLearningCurves(this.#run.name, measurements, perEpoch));
  }

  async #stage(): Promise<WatchedState['state']> {
    const { config, results, path } = this.#run;
    if (!existsSync(config)) return 'beginning';
    if (existsSync(results)) return 'finished';
    return (await folderUser(path).catch(() => undefined)) ? 'running' : 'interrupted';
  }

  /** Read again only when there are more. */
  #measurements(): readonly Measurement[] {
    const { path } = this.#run;
    const size = statSync(join(path, 'metrics.jsonl'), { throwIfNoEntry: false })?.size ?? 0;
    if (size !== this.#known.size) this.#known = { size, measurements: readMeasurements(path) };
    return this.#known.measurements;
  }

  /** That of the test images when it is over. */
  #fileOf(name: Exclude<PictureName, 'curves'>): string | undefined {
    const { results, confusionMatrix, reconstructions } = this.#run;
    const ended = name === 'confusion' ? confusionMatrix : reconstructions;
    const live = livePictures(this.#run)[name];
    return (existsSync(results) ? [ended, live] : [live, ended]).find(file => existsSync(file));
  }

  #versions(): Partial<Record<PictureName, string>> {
    const versions: Partial<Record<PictureName, string>> = {};
    for (const name of ['confusion', 'reconstructions'] as const) {
      const file = this.#fileOf(name);
      const changed = file && statSync(file, { throwIfNoEntry: false })?.mtimeMs;
      if (changed) versions[name] = String(changed);
    }
    return versions;
  }
}

function meanOf(steps: readonly Measurement[], field: 'loss' | 'accuracy'): number | null {
  if (steps.length === 0) return null;
  return steps.reduce((sum, step) => sum + step[field], 0) / steps.length;
}

/** Seconds a step, validations included. */
function paceOf(steps: readonly Measurement[]): number | null {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last || last.step === first.step) return null;
  return (last.seconds - first.seconds) / (last.step - first.step);
}
