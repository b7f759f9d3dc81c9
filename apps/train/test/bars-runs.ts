import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { barsModel, writeBars } from './bars';
import { capsnet, jsonLines, set } from './command-line';

type Watched = Partial<Omit<Parameters<typeof capsnet>[1], 'cwd'>>;

/** A folder with the bars, and runs of a small network on them, of 6 steps an epoch. */
export function barsRuns(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `capsnet-${name}-`));
  writeBars(join(folder, 'bars'), { train: 96, test: 24 });
  const at = (...path: string[]) => join(folder, ...path);
  const small = [
    ...['--data', 'bars', ...barsModel, '--backend', 'wasm'],
    ...set('data.validation=32', 'data.shift=0', 'training.batchSize=10', 'training.histogramsEvery=1000'),
  ];
  const run = (args: readonly string[], watched: Watched = {}) => capsnet(args, { cwd: folder, ...watched });
  return {
    folder,
    at,
    small,
    run,
    /** Trains, and expects that to end well. */
    async train(name: string, ...args: string[]) {
      return this.done('train', '--name', name, ...small, ...args);
    },
    /** A command that ends well, and what it says. */
    async done(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await run(args);
      expect([code, stderr], stdout).toEqual([0, '']);
      return stdout;
    },
    /** The line of a command that is refused. */
    async refused(...args: string[]): Promise<string> {
      const { code, stderr } = await run(args);
      expect(code, stderr).toBe(2);
      return stderr;
    },
    /** Trains until a step or a little further, and stops as by Ctrl-C. Returns the last step. */
    async interrupted(name: string, step: number, ...args: string[]): Promise<number> {
      let isStopped = false;
      const { code, stdout } = await run(['train', '--name', name, ...small, ...args, '--json'], {
        onLine(line, kill) {
          if (isStopped || JSON.parse(line).step !== step) return;
          isStopped = true;
          kill('SIGINT');
        },
      });
      expect(code, stdout.slice(-500)).toBe(130);
      return jsonLines(stdout).at(-1)!.step as number;
    },
    // biome-ignore lint/suspicious/noExplicitAny: JSON
    read: (...path: string[]): any => JSON.parse(readFileSync(at('runs', ...path), 'utf8')),
    model: (name: string) => readFileSync(at('runs', name, 'model.safetensors')),
    measured: (name: string) =>
      jsonLines(readFileSync(at('runs', name, 'metrics.jsonl'), 'utf8')) as unknown as {
        readonly split: string;
        readonly step: number;
        readonly loss: number;
        readonly learningRate?: number;
      }[],
  };
}
