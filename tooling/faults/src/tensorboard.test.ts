import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFull } from '@capsnet/testing/extent';
import { describe, expect, test } from 'vitest';
import { set } from '../../../apps/train/test/command-line';
import { backends, demandBackend } from './backends';
import { count } from './counts';
import { temporaryFolder, training } from './training';

const version = '2.21.0';
const reader = join(import.meta.dirname, 'read_events.py');

interface Read {
  readonly scalars: Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>;
  readonly histograms: Readonly<Record<string, readonly (readonly [step: number, count: number])[]>>;
}

/** Python with TensorBoard, from PyPI. @throws the reason why it cannot be had */
function pythonWithTensorBoard(): string {
  const folder = temporaryFolder();
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
  const python = join(folder, 'bin', 'python');
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', `tensorboard==${version}`], { stdio: 'pipe' });
  return python;
}

describe('TensorBoard reads the events of a killed and resumed training once', () => {
  test.for(backends)('%s', async (backend, context) => {
    await demandBackend(context, backend);
    if (!isFull) return context.skip('TensorBoard is installed by npm run test:faults alone');
    const python = pythonWithTensorBoard();
    const { begin, resume, pathOf } = training({ backend });
    const kill = (lastStep: number) => ({
      onLine(line: string, end: (signal: NodeJS.Signals) => void) {
        if (JSON.parse(line).step === lastStep) end('SIGKILL');
      },
    });
    const seldom = set('training.checkpointEvery=7', 'training.histogramsEvery=3');
    expect((await begin('killed', kill(12), seldom)).signal).toBe('SIGKILL');
    expect((await resume('killed', kill(25))).signal).toBe('SIGKILL');
    expect((await resume('killed')).code).toBe(0);

    const printed = execFileSync(python, [reader, join(pathOf('killed'), 'tensorboard')], {
      encoding: 'utf8',
    });
    const { scalars, histograms } = JSON.parse(printed) as Read;
    const lines = readFileSync(join(pathOf('killed'), 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const measured = lines.map(line => JSON.parse(line)).filter(({ split }) => split === 'train');
    expect(scalars['train/loss']).toEqual(measured.map(({ step, loss }) => [step, Math.fround(loss)]));
    expect(measured).toHaveLength(48);
    const sizes = histograms['parameters/classes/kernel']!;
    expect(sizes.map(([step]) => step)).toEqual(Array.from({ length: 16 }, (_, index) => 3 * (index + 1)));
    expect(new Set(sizes.map(([, size]) => size)).size).toBe(1);
    count(context, { kills: 2, 'scalars read': Object.values(scalars).flat().length });
  });
});
