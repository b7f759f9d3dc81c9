import type { BackendName, BackendState, PickedBackend } from '@capsnet/backend';
import { signal } from '@preact/signals';
import { proxy, type Remote } from 'comlink';
import { say } from '../page/notices';
import type { ModelSource, Progress } from '../reading/models';
import { type RunningWorker, runningWorker, WorkerEnded } from './running-worker';
import type { Inference, NetworkFacts } from './worker/inference';

/** Where the network that the panels ask stands. */
export type EngineState =
  | { readonly status: 'starting' }
  | { readonly status: 'loading'; readonly progress: Progress | null }
  | { readonly status: 'ready'; readonly backend: PickedBackend; readonly network: NetworkFacts }
  | { readonly status: 'failed' };

export const engine = signal<EngineState>({ status: 'starting' });

/** The model in use; the page's first one at the start. */
export const modelSource = signal<ModelSource>({ pretrained: 'capsnet-mnist' });

/** The backend that someone asked for; the fastest as long as nobody did. */
export const backendChoice = signal<BackendName | undefined>(undefined);

/** Every backend's state here, once it was asked for. */
export const backendStates = signal<readonly BackendState[]>([]);

let running: RunningWorker<Inference> | undefined;

function launch(): RunningWorker<Inference> {
  running?.end();
  running = runningWorker(
    new Worker(new URL('./worker/inference.worker.ts', import.meta.url), { type: 'module' }),
  );
  return running;
}

/** Asks the worker for what a panel shows. Null when it failed, which is said, or when another worker takes its place. */
export async function ask<T>(question: (remote: Remote<Inference>) => Promise<T>): Promise<T | null> {
  try {
    return await demand(question);
  } catch (error) {
    // The panels ask the next worker anew as soon as it is ready.
    if (!(error instanceof WorkerEnded)) say((error as Error).message);
    return null;
  }
}

function demand<T>(question: (remote: Remote<Inference>) => Promise<T>): Promise<T> {
  if (!running) return Promise.reject(new WorkerEnded('the worker has not started'));
  return running.ask(question);
}

/**
 * Starts a worker in place of the one before, on the fastest backend or on the one that was chosen, and loads the model.
 * A backend that is not available is said, and the fastest taken.
 */
export async function startEngine(): Promise<void> {
  const only = backendChoice.value;
  engine.value = { status: 'starting' };
  const mine = launch();
  try {
    const backend = await demand(remote =>
      remote.start(
        only,
        proxy(() => recover(mine)),
      ),
    );
    await load(mine, backend);
    if (backendStates.value.length === 0) {
      backendStates.value = await demand(remote => remote.listBackends());
    }
  } catch (error) {
    if (running !== mine) return;
    if (only === undefined) {
      engine.value = { status: 'failed' };
      return say(`The network could not start: ${(error as Error).message}.`);
    }
    say(`${(error as Error).message}. The fastest backend is used.`);
    backendChoice.value = undefined;
    await startEngine();
  }
}

/** Takes another model, now or as soon as the worker is ready for it. One that cannot be read is said, and the one before stays. */
export async function useModel(source: ModelSource): Promise<void> {
  const before = modelSource.value;
  const { value } = engine;
  modelSource.value = source;
  // Whoever is loading takes the newest when done.
  if (!running || value.status !== 'ready') return;
  const mine = running;
  try {
    await load(mine, value.backend);
  } catch (error) {
    if (running !== mine) return;
    modelSource.value = before;
    engine.value = value;
    say((error as Error).message);
  }
}

async function load(mine: RunningWorker<Inference>, backend: PickedBackend): Promise<void> {
  engine.value = { status: 'loading', progress: null };
  const onProgress = proxy((progress: Progress) => {
    if (running === mine && engine.value.status === 'loading') engine.value = { status: 'loading', progress };
  });
  for (;;) {
    const source = modelSource.value;
    const network = await demand(remote => remote.load(source, onProgress));
    if (running !== mine) return;
    if (source !== modelSource.value) continue;
    engine.value = { status: 'ready', backend, network };
    return;
  }
}

/** A lost context has lost the weights too, so another worker begins anew. */
function recover(lost: RunningWorker<Inference>): void {
  if (running !== lost) return;
  say('The browser took the WebGL context away. A new worker has loaded the weights anew.');
  void startEngine();
}
