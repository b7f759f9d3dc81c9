import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { barsSettings, writeBars } from './bars';
import { capsnet } from './command-line';

type Changes = Readonly<Record<string, unknown>>;

/** A folder with the bars and with experiments on them, each of seconds, and the rows of one machine to compare with. */
export function barsExperiments(backend = 'wasm') {
  const folder = mkdtempSync(join(tmpdir(), 'capsnet-queue-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeBars(join(folder, 'bars'));
  mkdirSync(join(folder, 'experiments'));
  const at = (path: string) => join(folder, path);
  return {
    folder,
    at,
    /** Writes an experiment of 20 steps an epoch, with a checkpoint every 5 steps. */
    write(name: string, seeds: readonly number[], training: Changes = {}, data: Changes = {}): string {
      const experiment = {
        title: name,
        group: 'Bars',
        preset: 'paper',
        settings: {
          ...barsSettings,
          data: { set: 'idx', folder: 'bars', all: true, shift: 1, ...data },
          training: {
            epochs: 3,
            batchSize: 16,
            learningRate: { initial: 0.003 },
            histogramsEvery: 1000,
            checkpointEvery: 5,
            ...training,
          },
        },
        seeds,
      };
      const file = `experiments/${name}.json`;
      writeFileSync(at(file), JSON.stringify(experiment));
      return file;
    },
    experiment: (args: readonly string[], watched: Partial<Parameters<typeof capsnet>[1]> = {}) =>
      capsnet(['experiment', '--backend', backend, ...args], { cwd: folder, ...watched }),
    weights: (runs: string, name: string) => readFileSync(at(join(runs, name, 'model.safetensors'))),
    /** Without what differs between two trainings that are the same. */
    row(name: string) {
      const { trained, ...row } = JSON.parse(readFileSync(at(`experiments/results/${name}.json`), 'utf8'));
      return {
        ...row,
        trained: trained.map((each: Changes) => ({ ...each, ...unequal })),
      };
    },
    forget: (name: string) => rmSync(at(`experiments/results/${name}.json`), { force: true }),
  };
}

const unequal = { seconds: 0, imagesPerSecond: 0, date: '', commit: undefined, hosts: undefined };
