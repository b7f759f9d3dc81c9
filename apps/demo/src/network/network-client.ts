import type { BackendName, BackendState, PickedBackend } from '@capsnet/backend';
import type { PretrainedName } from '@capsnet/pretrained';
import { signal } from '@preact/signals';
import { proxy, type Remote } from 'comlink';
import { notify } from '../page/notices';
import { reasonOf } from '../page/reason-of';
import { remembered } from '../page/remembered';
import { type ModelSource, type Progress, pretrainedModels } from './model-source';
import type { Inference, NetworkFacts } from './worker/inference';
import { type WorkerClient, WorkerEnded, workerClient } from './worker-client';

/** Where the network that the panels ask stands. Another one for each network and each worker. */
export type NetworkState =
  | { readonly status: 'starting' }
  | { readonly status: 'ready'; readonly backend: PickedBackend; readonly network: NetworkFacts }
  | { readonly status: 'failed' };

export const networkState = signal<NetworkState>({ status: 'starting' });

/** A backend or a model that is on its way; null as long as none is. Until it is there, the panels go on with the one before. */
export const loading = signal<{
  readonly backend?: string | undefined;
  readonly progress: Progress | null;
} | null>(null);

/** How far it is, for people. */
export function loadingText({ backend, progress }: NonNullable<typeof loading.value>): string {
  if (!progress && backend !== undefined) return `starting ${backend} …`;
  if (!progress || progress.loaded >= progress.total) return 'loading weights …';
  return `loading weights … ${Math.round((100 * progress.loaded) / progress.total)}%`;
}

/** Of the page's own models, the one that someone chose. */
const chosenModel = remembered<PretrainedName | null>(
  'model',
  null,
  stored => pretrainedModels.find(({ name }) => name === stored)?.name,
);

/** The model in use, or on its way; the page's first one at the start. */
export const modelSource = signal<ModelSource>({
  pretrained: chosenModel.value ?? pretrainedModels[0]!.name,
});

/** The backend that someone asked for; the fastest as long as nobody did. */
export const backendChoice = signal<BackendName | undefined>(undefined);

/** Every backend's state here, once it was asked for. */
export const backendStates = signal<readonly BackendState[]>([]);

/** The worker with the network in use. */
let running: WorkerClient<Inference> | undefined;

/** The worker that is to take its place; none as long as no other was asked for. */
let starting: WorkerClient<Inference> | undefined;

/**
 * Asks the worker for what a panel shows. Null when it failed, which the page shows, when there is no network yet, and when
 * another worker or another network took the place of the one that was asked: the panels ask that one as soon as it is ready.
 */
export async function ask<T>(question: (remote: Remote<Inference>) => Promise<T>): Promise<T | null> {
  if (!running || networkState.value.status !== 'ready') return null;
  try {
    return await running.ask(question);
  } catch (error) {
    if (!(error instanceof WorkerEnded)) notify(reasonOf(error));
    return null;
  }
}

/**
 * Starts a worker on the fastest backend, or on the one that was chosen, loads the model, and puts it in the place of the one
 * before, which answers until then. Where the chosen backend is not available, the page says so, and goes on with what it
 * has: with that worker if there is one, else with the fastest backend.
 */
export async function startNetwork(): Promise<void> {
  const only = backendChoice.value;
  starting?.end();
  let mine: WorkerClient<Inference> | undefined;
  try {
    mine = workerClient<Inference>(
      // In the page's own file, where a bundler finds it.
      () => new Worker(new URL('./worker/inference.worker.ts', import.meta.url), { type: 'module' }),
    );
    const client = mine;
    starting = client;
    loading.value = { backend: only, progress: null };
    const onContextLost = proxy(() => recover(client));
    const backend = await client.ask(remote => remote.start(only, onContextLost));
    await load(client, backend);
    if (backendStates.value.length === 0) {
      backendStates.value = await client.ask(remote => remote.listBackends());
    }
  } catch (error) {
    if (starting !== mine) return;
    starting = undefined;
    mine?.end();
    loading.value = null;
    const reason = reasonOf(error);
    const { value } = networkState;
    if (running && value.status === 'ready') {
      backendChoice.value = value.backend.name;
      notify(`${reason}. ${value.backend.name} stays in use.`);
    } else if (only === undefined) {
      networkState.value = { status: 'failed' };
      notify(`The network could not start: ${reason}.`);
    } else {
      notify(`${reason}. The fastest backend is used.`);
      backendChoice.value = undefined;
      await startNetwork();
    }
  }
}

/** Takes another model, now or as soon as the worker is ready for it. If it cannot be loaded, the one before stays. */
export async function useModel(source: ModelSource): Promise<void> {
  const before = modelSource.value;
  modelSource.value = source;
  if ('pretrained' in source) chosenModel.value = source.pretrained;
  const { value } = networkState;
  // Whoever is loading takes the newest when done.
  if (running && value.status === 'ready' && !loading.value) await load(running, value.backend, before);
}

/**
 * Loads the newest model, until there is no newer one. The first that a worker has makes it the one in use.
 *
 * @param inUse the model that the worker has; without it, one that cannot be loaded is an error
 */
async function load(
  mine: WorkerClient<Inference>,
  backend: PickedBackend,
  inUse?: ModelSource,
): Promise<void> {
  const isMine = () => (starting ?? running) === mine;
  loading.value = { backend: starting && backend.name, progress: null };
  const onProgress = proxy((progress: Progress) => {
    if (isMine() && loading.value) loading.value = { ...loading.value, progress };
  });
  let loaded = inUse;
  try {
    while (loaded !== modelSource.value) {
      const source = modelSource.value;
      try {
        const network = await mine.ask(remote => remote.load(source, onProgress));
        if (!isMine()) return;
        if (running !== mine) {
          running?.end();
          running = mine;
          starting = undefined;
        }
        networkState.value = { status: 'ready', backend, network };
        loaded = source;
      } catch (error) {
        if (!isMine()) return;
        if (!loaded) throw error;
        if (modelSource.value === source) modelSource.value = loaded;
        notify(reasonOf(error));
      }
    }
  } finally {
    if (isMine()) loading.value = null;
  }
}

/** A lost context has lost the weights too, so another worker begins anew. */
function recover(lost: WorkerClient<Inference>): void {
  if (running !== lost && starting !== lost) return;
  notify('The browser took the WebGL context away. A new worker has loaded the weights again.');
  lost.end();
  if (running === lost) {
    running = undefined;
    networkState.value = { status: 'starting' };
  }
  void startNetwork();
}
