import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CapsNetConfig } from '@capsnet/core';
import { encodeProblem, makeProblem } from './contenders/problem';
import type { Phase } from './contenders/protocol';
import { providePyTorch } from './contenders/pytorch';
import { type Command, startWorker } from './contenders/worker';
import { type BackendChoice, config, type Plan, scalingPoints } from './plan';
import { type Comparison, compare, timing } from './report/compare';
import { describeCommit, describeMachine } from './report/machine';
import { type Report, ratiosOf, type ScalingResult } from './report/report';

export interface BenchOptions {
  readonly plan: Plan;
  readonly backends: readonly BackendChoice[];
  readonly phases: boolean;
  readonly scaling: boolean;
  /** What the user typed, for the report. */
  readonly command: string;
  readonly tell: (line: string) => void;
}

const folder = fileURLToPath(new URL('..', import.meta.url));
const cores = availableParallelism();

/** @throws if contenders do not compute the same, or if ours cannot be measured on any backend */
export async function bench({
  plan,
  backends,
  phases,
  scaling,
  command,
  tell,
}: BenchOptions): Promise<Report> {
  const start = performance.now();
  const scratch = await mkdtemp(join(tmpdir(), 'capsnet-bench-'));
  try {
    const missing: Record<string, string> = {};
    const comparisons: Record<string, Comparison> = {};
    const phasesOf: Record<string, readonly Phase[]> = {};
    const python = await providePyTorch(tell).catch((error: Error) => error);
    if (python instanceof Error) {
      missing.PyTorch = python.message;
      tell(`PyTorch is left out: ${python.message}`);
    }

    for (const backend of backends) {
      const { batch } = plan[backend];
      const problem = await writeProblem(config, batch);
      const ours = tfjs('ours', backend, problem);
      try {
        await (await startWorker(ours)).close();
      } catch (error) {
        missing[backend] = (error as Error).message;
        tell(`${backend} is left out: ${missing[backend]}`);
        continue;
      }
      const plain = tfjs('obvious', backend, problem);
      const commands: Record<string, Command> =
        backend === 'native' ? { ours, obvious: plain } : { ours, tfjsWasm: plain };
      if (typeof python === 'string') {
        commands.torchEager = torch(python, problem, false);
        if (backend === 'native') commands.torchCompile = torch(python, problem, true);
      }
      const compared = await compare(commands, plan[backend], line => tell(`${backend}, ${line}`));
      comparisons[backend] = compared;
      for (const [name, reason] of Object.entries(compared.missing)) missing[`${backend} ${name}`] = reason;
      if (phases) {
        tell(`${backend}, phases of a step`);
        phasesOf[backend] = await withWorker(
          ours,
          async worker => (await worker.request({ do: 'phases', batch, steps: plan.steps })).phases,
        );
      }
    }
    if (Object.keys(comparisons).length === 0) {
      throw new Error(
        `nothing could be measured: ${Object.entries(missing)
          .map(entry => entry.join(': '))
          .join('; ')}`,
      );
    }

    return {
      ratios: ratiosOf(comparisons),
      comparisons,
      ...(phases && { phases: phasesOf }),
      ...(scaling && comparisons.native && { scaling: await measureScaling() }),
      missing,
      command,
      maths:
        "the paper's: softmax over parents, squared margins, summed squared error masked by the label, all gradients",
      threads: { native: cores, PyTorch: cores, wasm: 1 },
      machine: describeMachine(),
      commit: describeCommit(folder),
      date: new Date().toISOString(),
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }

  async function writeProblem(config: CapsNetConfig, batch: number): Promise<string> {
    const path = join(scratch, 'problem.safetensors');
    await writeFile(path, encodeProblem(makeProblem(config, batch)));
    return path;
  }

  /** Each point in a process of its own, so that its peak memory is its own. */
  async function measureScaling(): Promise<ScalingResult[]> {
    const results: ScalingResult[] = [];
    for (const { dimension, value, config, batch } of scalingPoints(plan.native.batch)) {
      tell(`scaling, ${dimension} ${value}`);
      const problem = await writeProblem(config, batch);
      results.push(
        await withWorker(tfjs('ours', 'native', problem), async worker => {
          await worker.request({ do: 'train', batch, steps: 2 });
          const { seconds, peakBytes } = await worker.request({ do: 'train', batch, steps: plan.steps });
          return {
            dimension,
            value,
            batch,
            imagesPerSecond: timing(seconds, batch).imagesPerSecond,
            peakBytes,
          };
        }),
      );
    }
    return results;
  }
}

async function withWorker<T>(
  command: Command,
  use: (worker: Awaited<ReturnType<typeof startWorker>>) => Promise<T>,
): Promise<T> {
  const worker = await startWorker(command);
  try {
    return await use(worker);
  } finally {
    await worker.close();
  }
}

function tfjs(formulation: 'ours' | 'obvious', backend: BackendChoice, problem: string): Command {
  return {
    program: process.execPath,
    args: [join(folder, 'dist', 'tfjs-worker.js'), formulation, backend, problem],
    env: {
      TF_NUM_INTRAOP_THREADS: String(cores),
      TF_NUM_INTEROP_THREADS: String(cores),
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
  };
}

function torch(python: string, problem: string, compiled: boolean): Command {
  const args = [join(folder, 'pytorch', 'capsnet.py'), problem, '--threads', String(cores)];
  return {
    program: python,
    args: compiled ? [...args, '--compile'] : args,
    env: { OMP_NUM_THREADS: String(cores), MKL_NUM_THREADS: String(cores) },
  };
}
