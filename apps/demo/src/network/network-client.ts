import type { BackendName, BackendState, PickedBackend } from '@capsnet/backend';
import { signal } from '@preact/signals';
import { proxy, type Remote } from 'comlink';
import { notify } from '../page/notices';
import type { ModelSource, Progress } from './model-source';
import type { Inference, NetworkFacts } from './worker/inference';
import { type WorkerClient, WorkerEnded, workerClient } from './worker-client';

/** Where the network that the panels ask stands. Another one for each network and each worker. */
export type NetworkState =
  | { readonly status: 'starting' }
  | { readonly status: 'ready'; readonly backend: PickedBackend; readonly network: NetworkFacts }
  | { readonly status: 'failed' };

export const networkState = signal<NetworkState>({ status: 'starting' });

/** The model that is on its way; null as long as none is. Until it is there, the panels go on with the one before. */
export const loading = signal<{ readonly progress: Progress | null } | null>(null);

/** The model in use, or on its way; the page's first one at the start. */
export const modelSource = signal<ModelSource>({ pretrained: 'capsnet-mnist' });

/** The backend that someone asked for; the fastest as long as nobody did. */
export const backendChoice = signal<BackendName | undefined>(undefined);

/** Every backend's state here, once it was asked for. */
export const backendStates = signal<readonly BackendState[]>([]);

let running: WorkerClient<Inference> | undefined;

/**
 * Asks the worker for what a panel shows. Null when it failed, which the page shows, and when another worker or another
 * network took the place of the one that was asked: the panels ask that one as soon as it is ready.
 */
export async function ask<T>(question: (remote: Remote<Inference>) => Promise<T>): Promise<T | null> {
  try {
    if (!running) throw new WorkerEnded('the worker has not started');
    return await running.ask(question);
  } catch (error) {
    if (!(error instanceof WorkerEnded)) notify((error as Error).message);
    return null;
  }
}

/**
 * Starts a worker in place of the one before, on the fastest backend or on the one that was chosen, and loads the model.
 * Where the chosen backend is not available, the page shows it, and takes the fastest.
 */
export async function startNetwork(): Promise<void> {
  const only = backendChoice.value;
  networkState.value = { status: 'starting' };
  loading.value = null;
  running?.end();
  const mine = workerClient<Inference>(
    new Worker(new URL('./worker/inference.worker.ts', import.meta.url), { type: 'module' }),
  );
  running = mine;
  try {
    const onContextLost = proxy(() => recover(mine));
    const backend = await mine.ask(remote => remote.start(only, onContextLost));
    await load(mine, backend);
    if (backendStates.value.length === 0) {
      backendStates.value = await mine.ask(remote => remote.listBackends());
    }
  } catch (error) {
    if (running !== mine) return;
    if (only === undefined) {
      networkState.value = { status: 'failed' };
      return notify(`The network could not start: ${(error as Error).message}.`);
    }
    notify(`${(error as Error).message}. The fastest backend is used.`);
    backendChoice.value = undefined;
    await startNetwork();
  }
}

/** Takes another model, now or as soon as the worker is ready for it. If it cannot be loaded, the one before stays. */
export async function useModel(source: ModelSource): Promise<void> {
  const before = modelSource.value;
  modelSource.value = source;
  const { value } = networkState;
  // Whoever is loading takes the newest when done.
  if (running && value.status === 'ready' && !loading.value) await load(running, value.backend, before);
}

/**
 * Loads the newest model, until there is no newer one.
 *
 * @param inUse the model that the worker has; without it, one that cannot be loaded is an error
 */
async function load(
  mine: WorkerClient<Inference>,
  backend: PickedBackend,
  inUse?: ModelSource,
): Promise<void> {
  loading.value = { progress: null };
  const onProgress = proxy((progress: Progress) => {
    if (running === mine && loading.value) loading.value = { progress };
  });
  let loaded = inUse;
  try {
    while (loaded !== modelSource.value) {
      const source = modelSource.value;
      try {
        const network = await mine.ask(remote => remote.load(source, onProgress));
        if (running !== mine) return;
        networkState.value = { status: 'ready', backend, network };
        loaded = source;
      } catch (error) {
        if (running !== mine) return;
        if (!loaded) throw error;
        if (modelSource.value === source) modelSource.value = loaded;
        notify((error as Error).message);
      }
    }
  } finally {
    if (running === mine) loading.value = null;
  }
}

/** A lost context has lost the weights too, so another worker begins anew. */
function recover(lost: WorkerClient<Inference>): void {
  if (running !== lost) return;
  notify('The browser took the WebGL context away. A new worker has loaded the weights again.');
  void startNetwork();
}
