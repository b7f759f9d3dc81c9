import { type BackendName, type PickedBackend, pickBackend } from '@capsnet/backend';
import { type CapsNet, type CapsNetOptions, capsNet, encodeNetwork } from '@capsnet/core';
import { evaluationBatches, take, trainingBatches } from '@capsnet/data';
import { type CheckpointStore, cosine, type TrainEvent, train } from '@capsnet/trainer';
import { indexedDbStore } from '@capsnet/trainer/browser';
import { transfer } from 'comlink';
import { deleteDB } from 'idb';
import { digitsPerFile, fetchDigits, pixelsPerImage, trainingFiles } from '../../digits/mnist-files';
import { ContextLost, type GraphicsContext, graphicsContext } from '../../network/worker/context-lost';
import { networkSizes, type TrainingSettings, validationImages } from '../training-settings';
import { stepsBetweenCheckpoints } from './checkpoint-interval';
import { memoryStore } from './memory-store';
import { measurePace, type Pace } from './pace';
import { storeOrKeep } from './store-or-keep';

/** What a training reports to the page. */
export type TrainingNews =
  | { readonly type: 'data'; readonly loaded: number; readonly total: number }
  | { readonly type: 'start'; readonly step: number; readonly totalSteps: number }
  | ({
      readonly type: 'step';
      readonly step: number;
      readonly loss: number;
      readonly accuracy: number;
    } & Pace)
  | { readonly type: 'validation'; readonly step: number; readonly loss: number; readonly accuracy: number }
  /** What was trained so far, as a model file. */
  | { readonly type: 'model'; readonly step: number; readonly file: Uint8Array }
  /** The browser stores nothing more of it; it goes on. */
  | { readonly type: 'unstored'; readonly reason: string }
  | { readonly type: 'done'; readonly reason: 'finished' | 'early' | 'aborted' | 'paused' };

const database = 'capsnet-demo-checkpoints';

/** Training in a worker. Its checkpoints are in IndexedDB, from which the next worker goes on. */
export function training() {
  let context: GraphicsContext = { isLost: () => false, lose: () => {} };
  let abort: AbortController | undefined;
  /** For where the browser stores nothing. */
  const memory = memoryStore();

  return {
    async start(only: BackendName | undefined, onContextLost: () => void): Promise<PickedBackend> {
      const picked = await pickBackend({ only });
      context = graphicsContext(onContextLost);
      return picked;
    },

    /**
     * Trains from the start, or from the newest checkpoint if there is one, until it is over or paused.
     *
     * @param page the page's address, below which MNIST lies
     */
    async run(
      settings: TrainingSettings,
      { resume, page }: { readonly resume: boolean; readonly page: string },
      onNews: (news: TrainingNews) => void,
    ): Promise<void> {
      abort = new AbortController();
      const { signal } = abort;
      const onRefused = (reason: string) => onNews({ type: 'unstored', reason });
      if (!resume) {
        memory.dispose();
        await deleteDB(database).catch(() => {}); // which the first checkpoint says, too
      }
      const { images, validation } = await fetchImages(settings, page, onNews);
      const net = capsNet(configOf(settings));
      try {
        const source = trainingBatches(images, { batchSize: settings.batchSize, seed: 1, shift: 2 });
        const events = train(net, source, {
          epochs: settings.epochs,
          schedule: cosine({ initial: settings.learningRate, final: settings.learningRate / 100 }),
          validation: {
            source: evaluationBatches(validation, { batchSize: settings.batchSize }),
            perEpoch: Math.max(1, Math.min(8, Math.floor(settings.images / 2500))),
          },
          store: guarded(storeOrKeep(indexedDbStore(database, { keep: 1 }), memory, onRefused), context),
          checkpointEvery: stepsBetweenCheckpoints(parametersOf(net)),
          resume,
          fingerprint: { ...settings },
          signal,
        });
        const pace = measurePace(settings.batchSize);
        for await (const event of events) {
          if (context.isLost()) throw new ContextLost();
          await report(event, net, pace);
        }
      } finally {
        net.dispose();
      }

      async function report(event: TrainEvent, net: CapsNet, pace: ReturnType<typeof measurePace>) {
        switch (event.type) {
          case 'start':
            pace.start(event.step, event.totalSteps);
            return onNews({ type: 'start', step: event.step, totalSteps: event.totalSteps });
          case 'step':
          case 'validation': {
            const { loss, accuracy } = event.metrics as { loss: number; accuracy: number };
            const { type, step } = event;
            return onNews(
              type === 'step'
                ? { type, step, loss, accuracy, ...pace.after(step) }
                : { type, step, loss, accuracy },
            );
          }
          case 'checkpoint':
            return giveModel(event.step, net);
          case 'done':
            await giveModel(event.step, net);
            return onNews({ type: 'done', reason: event.reason });
        }
      }

      async function giveModel(step: number, net: CapsNet) {
        const file = await encodeNetwork(net);
        if (context.isLost()) throw new ContextLost();
        onNews(transfer({ type: 'model', step, file }, [file.buffer as ArrayBuffer]));
      }
    },

    /** Ends the run after its current step, with a checkpoint. */
    pause: () => abort?.abort(),

    /** Loses the WebGL context on purpose. */
    loseContext: () => context.lose(),
  };
}

export type Training = ReturnType<typeof training>;

function parametersOf({ variables }: CapsNet): number {
  return Object.values(variables).reduce((sum, { size }) => sum + size, 0);
}

function configOf({ network, iterations }: TrainingSettings): CapsNetOptions {
  const { filters, channels, decoder } = networkSizes[network];
  return {
    convolutions: [{ filters, kernelSize: 9 }],
    primary: { channels },
    routing: { iterations },
    decoder: { hidden: decoder },
  };
}

async function fetchImages(
  { images: count }: TrainingSettings,
  page: string,
  onNews: (news: TrainingNews) => void,
) {
  const files = Math.ceil(count / digitsPerFile);
  const data = new Uint8Array(count * pixelsPerImage);
  const labels = new Uint8Array(count);
  for (let file = 0; file < files; file++) {
    onNews({ type: 'data', loaded: file, total: files + 1 });
    const digits = await fetchDigits(page, 'train', file);
    data.set(digits.data, file * digitsPerFile * pixelsPerImage);
    labels.set(digits.labels, file * digitsPerFile);
  }
  onNews({ type: 'data', loaded: files, total: files + 1 });
  const last = await fetchDigits(page, 'train', trainingFiles - 1);
  return {
    images: { data, shape: [count, 28, 28], labels },
    validation: take(last, validationImages),
  };
}

/** A store that refuses what a lost context gives. Once read, values stay with the processor, so what is checked is written. */
function guarded(store: CheckpointStore, context: GraphicsContext): CheckpointStore {
  return {
    ...store,
    async write(checkpoint, options) {
      const { weights, optimizer, average } = checkpoint;
      const tensors = [weights, optimizer, average ?? {}].flatMap(group => Object.values(group));
      await Promise.all(tensors.map(tensor => tensor.data()));
      if (context.isLost()) throw new ContextLost();
      return store.write(checkpoint, options);
    },
  };
}
