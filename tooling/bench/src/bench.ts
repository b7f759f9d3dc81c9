import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pickBackend } from '@capsnet/backend';
import { capsNet, encodeNetwork } from '@capsnet/core';
import { loadMnist } from '@capsnet/mnist/node';
import { capsnetProgram } from './capsnet-program';
import { courseInWords, encodeCourse, makeCourse } from './contenders/course';
import { asRows, encodeProblem, makeProblem, type Problem } from './contenders/problem';
import type { Phase } from './contenders/protocol';
import { provideAiohttp, providePyTorch } from './contenders/pytorch';
import { type Command, startWorker, type Worker } from './contenders/worker';
import { type NetworkName, networks } from './networks/networks';
import {
  type BackendChoice,
  type ComparisonName,
  type ComparisonPlan,
  comparisonPlans,
  coursePlan,
  type Plan,
  type Rival,
  scalingPoints,
} from './plan';
import { compare, timing } from './report/compare';
import { type Evaluation, measureEvaluation } from './report/evaluation';
import { type Latency, measureLatency } from './report/latency';
import { describeCommit, describeMachine } from './report/machine';
import { type Comparison, type Report, ratiosOf, type ScalingResult, systemSharesOf } from './report/report';
import { measureServing, type Serving } from './report/serving';
import { measureTimeToAccuracy, type TimeToAccuracy } from './report/time-to-accuracy';

export interface BenchOptions {
  readonly plan: Plan;
  readonly backends: readonly BackendChoice[];
  readonly phases: boolean;
  readonly scaling: boolean;
  readonly serving: boolean;
  /** Epochs at most until an accuracy is reached; null: time to accuracy is not measured. */
  readonly accuracyEpochs: number | null;
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
  serving,
  accuracyEpochs,
  command,
  tell,
}: BenchOptions): Promise<Report> {
  const start = performance.now();
  const load = loadavg()[0]!;
  if (load > cores / 2) {
    tell(
      `expected a machine that does nothing else, found ${load.toFixed(1)} programs computing on ${cores} cores in the last ` +
        "minute: threads that wait for each other, PyTorch's above all, then take many times as long",
    );
  }
  const scratch = await mkdtemp(join(tmpdir(), 'capsnet-bench-'));
  const missing: Record<string, string> = {};
  try {
    const found = await providePyTorch(tell).catch((error: Error) => error);
    const python = found instanceof Error ? null : found;
    if (found instanceof Error) leaveOut('PyTorch', found);
    const usable = await usableBackends();
    if (usable.length === 0) {
      const reasons = Object.entries(missing).map(entry => entry.join(': '));
      throw new Error(`nothing could be measured: ${reasons.join('; ')}`);
    }

    const comparisons: Record<string, Comparison> = {};
    for (const [name, comparison] of Object.entries(comparisonPlans)) {
      if (usable.includes(comparison.backend))
        comparisons[name] = await compareOne(name as ComparisonName, comparison, python);
    }
    const latencies: Partial<Record<NetworkName, Latency>> = {};
    for (const network of Object.keys(networks) as NetworkName[]) {
      latencies[network] = await latencyOf(network, usable, python);
    }
    const hasNative = usable.includes('native');
    const evaluation = hasNative ? await evaluate() : undefined;
    const served: Partial<Record<NetworkName, Serving>> = {};
    if (serving && hasNative) {
      for (const network of Object.keys(networks) as NetworkName[])
        served[network] = await serve(network, python);
    }
    const learns = accuracyEpochs !== null && hasNative;
    if (accuracyEpochs !== null && !hasNative) leaveOut('accuracy', new Error('needs the native backend'));
    const timeToAccuracy = learns ? await learn(accuracyEpochs, python) : undefined;
    const measured = {
      comparisons,
      latencies,
      ...(evaluation && { evaluation }),
      ...(serving && hasNative && { serving: served }),
      ...(timeToAccuracy && { timeToAccuracy }),
    };

    return {
      ratios: ratiosOf(measured),
      systemShares: systemSharesOf(measured),
      ...measured,
      ...(phases && { phases: await phasesOn(usable) }),
      ...(scaling && hasNative && { scaling: await measureScaling() }),
      missing,
      command,
      maths:
        "the papers': softmax over parents, squared margins, summed squared error masked by the label, all gradients",
      threads: { native: cores, PyTorch: cores, wasm: 1 },
      machine: describeMachine(),
      load,
      commit: describeCommit(folder),
      date: new Date().toISOString(),
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }

  function leaveOut(what: string, { message }: Error): void {
    missing[what] = message;
    tell(`${what} is left out: ${message}`);
  }

  /** Those on which ours starts. */
  async function usableBackends(): Promise<BackendChoice[]> {
    const problem = await writeProblem(makeProblem('efficient', 1));
    const usable: BackendChoice[] = [];
    for (const backend of backends) {
      try {
        await (await startWorker(tfjs('ours', backend, problem))).close();
        usable.push(backend);
      } catch (error) {
        leaveOut(backend, error as Error);
      }
    }
    return usable;
  }

  async function writeProblem(problem: Problem): Promise<string> {
    const path = join(scratch, 'problem.safetensors');
    await writeFile(path, encodeProblem(problem));
    return path;
  }

  async function compareOne(
    name: ComparisonName,
    { backend, network, batch, rivals }: ComparisonPlan,
    python: string | null,
  ): Promise<Comparison> {
    const problem = await writeProblem(makeProblem(network, batch));
    const plain = tfjs('obvious', backend, problem);
    const commands: Record<Rival, Command | null> = {
      obvious: plain,
      tfjsWasm: plain,
      torchEager: python === null ? null : torch(python, problem),
      torchCompile: python === null ? null : torch(python, problem, '--compile'),
    };
    const chosen = (Object.keys(rivals) as Rival[]).flatMap(rival =>
      commands[rival] ? [[rival, commands[rival]] as const] : [],
    );
    const turns = await compare(
      { ours: tfjs('ours', backend, problem), ...Object.fromEntries(chosen) },
      batch,
      plan.comparisons[name],
      line => tell(`${name}, ${line}`),
    );
    for (const [rival, reason] of Object.entries(turns.missing)) missing[`${name} ${rival}`] = reason;
    return { backend, network, ...turns };
  }

  async function latencyOf(
    network: NetworkName,
    usable: readonly BackendChoice[],
    python: string | null,
  ): Promise<Latency> {
    const problem = await writeProblem(makeProblem(network, 1));
    const commands = {
      ...Object.fromEntries(usable.map(backend => [backend, tfjs('ours', backend, problem)])),
      ...(python && { torchEager: torch(python, problem) }),
    };
    const latency = await measureLatency(commands, plan.latency, line => tell(`latency ${network}, ${line}`));
    for (const [name, reason] of Object.entries(latency.missing))
      missing[`latency ${network} ${name}`] = reason;
    return latency;
  }

  async function evaluate(): Promise<Evaluation | undefined> {
    tell('evaluation of test images by the command line');
    try {
      return await measureEvaluation('native', plan.evaluations);
    } catch (error) {
      leaveOut('evaluation', error as Error);
      return undefined;
    }
  }

  /** On the native backend, all with the same weights, in batches of 32 or of one. */
  async function serve(network: NetworkName, python: string | null): Promise<Serving> {
    const problem = makeProblem(network, 16);
    const path = await writeProblem(problem);
    const model = join(scratch, `${network}.safetensors`);
    await pickBackend({ only: 'cpu' });
    const net = capsNet(problem.config);
    networks[network].load(net, problem.weights);
    await writeFile(model, await encodeNetwork(net));
    net.dispose();
    const hasServer = python !== null && (await provideAiohttp(python).then(() => true, tooBad));
    const measured = await measureServing(
      {
        capsnetServe: onNode(
          capsnetProgram(),
          'serve',
          '--model',
          model,
          '--backend',
          'native',
          '--port',
          '0',
          '--json',
        ),
        oneByOne: onNode(join(folder, 'dist', 'plain-server.js'), 'native', path),
        ...(hasServer && { torchBatches: inPython(python, 'server.py', path) }),
      },
      asRows(problem.images),
      plan.serving,
      line => tell(`serving ${network}, ${line}`),
    );
    for (const [name, reason] of Object.entries(measured.missing))
      missing[`serving ${network} ${name}`] = reason;
    return measured;

    function tooBad(error: Error): false {
      leaveOut(`serving ${network} torchBatches`, error);
      return false;
    }
  }

  async function learn(epochs: number, python: string | null): Promise<TimeToAccuracy> {
    const { batch, heldBack, measuredPerEpoch } = coursePlan;
    const problem = await writeProblem(makeProblem('paper', 1));
    const { train } = await loadMnist();
    const course = makeCourse(train, { epochs, batch, heldBack });
    const path = join(scratch, 'course.safetensors');
    await writeFile(path, encodeCourse(course));
    const steps = course.rates.length;
    const measured = await measureTimeToAccuracy(
      {
        ours: tfjs('ours', 'native', problem, path),
        ...(python && { torchEager: torch(python, problem, '--course', path) }),
      },
      { steps, interval: Math.ceil(steps / epochs / measuredPerEpoch) },
      `${epochs} epochs of ${course.labels.length} images of MNIST at most, in batches of ${batch}, ${courseInWords}`,
      line => tell(`accuracy, ${line}`),
    );
    for (const [name, reason] of Object.entries(measured.missing)) missing[`accuracy ${name}`] = reason;
    return measured;
  }

  async function phasesOn(usable: readonly BackendChoice[]): Promise<Record<string, readonly Phase[]>> {
    const phases: Record<string, readonly Phase[]> = {};
    for (const backend of usable) {
      tell(`${backend}, phases of a step`);
      const { network, batch } = comparisonPlans[backend];
      const problem = await writeProblem(makeProblem(network, batch));
      phases[backend] = await withWorker(
        tfjs('ours', backend, problem),
        async worker => (await worker.request({ do: 'phases', batch, steps: plan.steps })).phases,
      );
    }
    return phases;
  }

  /** Each point in a process of its own, so that its peak memory is its own. */
  async function measureScaling(): Promise<ScalingResult[]> {
    const results: ScalingResult[] = [];
    for (const { dimension, value, config, batch } of scalingPoints(comparisonPlans.native.batch)) {
      tell(`scaling, ${dimension} ${value}`);
      const problem = await writeProblem(makeProblem('paper', batch, config));
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

async function withWorker<T>(command: Command, use: (worker: Worker) => Promise<T>): Promise<T> {
  const worker = await startWorker(command);
  try {
    return await use(worker);
  } finally {
    await worker.close();
  }
}

function tfjs(
  formulation: 'ours' | 'obvious',
  backend: BackendChoice,
  problem: string,
  ...course: string[]
): Command {
  return onNode(join(folder, 'dist', 'tfjs-worker.js'), formulation, backend, problem, ...course);
}

function onNode(...args: string[]): Command {
  return {
    program: process.execPath,
    args,
    env: {
      TF_NUM_INTRAOP_THREADS: String(cores),
      TF_NUM_INTEROP_THREADS: String(cores),
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
  };
}

function torch(python: string, problem: string, ...options: string[]): Command {
  return inPython(python, 'worker.py', problem, ...options);
}

function inPython(python: string, script: string, problem: string, ...options: string[]): Command {
  return {
    program: python,
    // -B: without files of bytecode in the checkout
    args: ['-B', join(folder, 'pytorch', script), problem, '--threads', String(cores), ...options],
    env: { OMP_NUM_THREADS: String(cores), MKL_NUM_THREADS: String(cores) },
  };
}
