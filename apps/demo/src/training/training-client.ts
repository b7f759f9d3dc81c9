import type { PickedBackend } from '@capsnet/backend';
import { signal } from '@preact/signals';
import { proxy, type Remote } from 'comlink';
import { backendChoice } from '../network/network-client';
import { oneAtATime } from '../network/one-at-a-time';
import { type WorkerClient, workerClient } from '../network/worker-client';
import { notify } from '../page/notices';
import { reasonOf } from '../page/reason-of';
import { type LearningCurve, noCurve, upTo, withBatch, withValidation } from './learning-curve';
import { readTraining, type StoredTraining, writeTraining } from './stored-training';
import { trainedFile, usesTrained, useTrained } from './trained-network';
import { releaseTraining, takeTraining, watchOtherTabs } from './training-lock';
import { defaultSettings, type TrainingSettings } from './training-settings';
import type { Pace } from './worker/pace';
import type { Training, TrainingNews } from './worker/training';

/** Where the training of this browser stands. */
export type TrainingState =
  | { readonly status: 'none' }
  | { readonly status: 'starting'; readonly doing: string }
  | { readonly status: 'running'; readonly backend: PickedBackend; readonly pace: Pace | null }
  | { readonly status: 'pausing' }
  | { readonly status: 'paused' }
  | { readonly status: 'over' }
  /** Another tab trains. */
  | { readonly status: 'elsewhere' };

export const trainingState = signal<TrainingState>({ status: 'none' });
export const settings = signal<TrainingSettings>(defaultSettings);
export const curve = signal<LearningCurve>(noCurve);
export const progress = signal<{ readonly step: number; readonly totalSteps: number }>({
  step: 0,
  totalSteps: 0,
});

/** Why the last training came to its end before its time; null as long as it did not. */
export const failure = signal<string | null>(null);

/** Why this browser does not store what is trained, so that it is gone with the page; null as long as it does. */
export const unstored = signal<string | null>(null);

/** The worker of the newest training, and what it computes on once it has started. */
let running: { readonly client: WorkerClient<Training>; readonly backend?: PickedBackend } | undefined;
let isStopping = false;

/** Shows the training of an earlier visit, and that of other tabs as it comes and goes. */
export function followTraining(): void {
  watchOtherTabs(
    () => {
      trainingState.value = { status: 'elsewhere' };
    },
    async () => {
      const before = trainingState.value;
      const stored = await storedTraining();
      if (trainingState.value === before && unstored.value === null) show(stored);
    },
  );
}

/** Trains from the start, in place of what was trained before. */
export function startTraining(): Promise<void> {
  return withTraining(
    stored => !stored || stored.isOver,
    () => {
      curve.value = noCurve;
      progress.value = { step: 0, totalSteps: 0 };
      trainedFile.value = null;
      unstored.value = null;
      return run(false);
    },
  );
}

/** Goes on from the last checkpoint. */
export function continueTraining(): Promise<void> {
  return withTraining(
    stored => !stored?.isOver,
    stored => {
      // Another tab may have brought it further.
      if (stored) show(stored);
      return run(true);
    },
  );
}

/** Ends after the current step, with a checkpoint from which the training can go on. */
export function pauseTraining(): void {
  trainingState.value = { status: 'pausing' };
  ignoreFailure(remote => remote.pause());
}

/** Ends the training for good; what was trained stays. */
export async function stopTraining(): Promise<void> {
  if (trainingState.value.status === 'paused') {
    await withTraining(
      stored => !stored?.isOver,
      async stored => {
        if (stored) show(stored);
        trainingState.value = { status: 'over' };
        await store();
        releaseTraining();
      },
    );
  } else {
    isStopping = true;
    pauseTraining();
  }
}

/** Loses the WebGL context of a running training on purpose. */
export function loseTrainingContext(): void {
  ignoreFailure(remote => remote.loseContext());
}

/** When the worker fails, `run` has the reason. */
function ignoreFailure(ask: (remote: Remote<Training>) => Promise<void>): void {
  running?.client.ask(ask).catch(() => {});
}

/**
 * Takes the training for this tab, and does something with it if it stands as that expects. If another tab has brought it
 * to another state meanwhile, that is shown instead.
 */
async function withTraining(
  isExpected: (stored: StoredTraining | null) => boolean,
  act: (stored: StoredTraining | null) => Promise<void>,
): Promise<void> {
  const before = trainingState.value;
  const mine: TrainingState = { status: 'starting', doing: 'starting' };
  trainingState.value = mine;
  if (!(await takeTraining())) {
    // That another tab has it is shown as soon as it is known.
    if (trainingState.value === mine) trainingState.value = before;
    return;
  }
  // What is stored of it is not what this page has.
  const stored = unstored.value === null ? await storedTraining() : null;
  if (isExpected(stored)) return act(stored);
  show(stored);
  releaseTraining();
}

/** What is stored; null also where the browser denies it, which is known then. */
async function storedTraining(): Promise<StoredTraining | null> {
  try {
    return await readTraining();
  } catch (error) {
    unstored.value = reasonOf(error);
    return null;
  }
}

/** Shows what is stored. */
function show(stored: StoredTraining | null): void {
  if (!stored) {
    trainingState.value = { status: 'none' };
    return;
  }
  settings.value = stored.settings;
  curve.value = stored.curve;
  progress.value = { step: stored.step, totalSteps: stored.totalSteps };
  trainedFile.value = stored.file;
  trainingState.value = { status: stored.isOver ? 'over' : 'paused' };
}

async function run(resume: boolean): Promise<void> {
  isStopping = false;
  trainingState.value = { status: 'starting', doing: 'starting' };
  failure.value = null;
  // The memory of a worker is all that there is of a training that cannot be stored.
  const before = resume && unstored.value !== null ? running : undefined;
  if (!before) running?.client.end();
  let mine = before;
  try {
    mine ??= {
      client: workerClient<Training>(
        () => new Worker(new URL('./worker/training.worker.ts', import.meta.url), { type: 'module' }),
      ),
    };
    const { client } = mine;
    running = mine;
    const onContextLost = proxy(() => recover(client));
    const backend =
      mine.backend ?? (await client.ask(remote => remote.start(backendChoice.value, onContextLost)));
    if (running !== mine) return;
    running = mine = { client, backend };
    const onNews = proxy((news: TrainingNews) => {
      if (running?.client === client) follow(news, backend);
    });
    await client.ask(remote => remote.run(settings.value, { resume, page: document.baseURI }, onNews));
  } catch (error) {
    if (mine && running?.client !== mine.client) return;
    // The event of the context comes, too, or has come; another worker goes on.
    if ((error as Error).name === 'ContextLost') return recover(mine!.client);
    failure.value = reasonOf(error);
    trainingState.value = { status: trainedFile.value ? 'paused' : 'none' };
    releaseTraining();
  }
}

/** Nothing of a worker is used whose context was lost: the next one goes on from the last checkpoint. */
function recover(lost: WorkerClient<Training>): void {
  if (running?.client !== lost) return;
  const from = unstored.value === null ? 'the last checkpoint' : 'what is stored, or else from the beginning';
  notify(`The browser took the WebGL context of the training away. It goes on from ${from}.`);
  running = undefined;
  lost.end();
  void run(true);
}

function follow(news: TrainingNews, backend: PickedBackend): void {
  switch (news.type) {
    case 'data':
      trainingState.value = {
        status: 'starting',
        doing: `fetching digits, ${news.loaded} of ${news.total} files`,
      };
      break;
    case 'start':
      curve.value = upTo(curve.value, news.step);
      progress.value = { step: news.step, totalSteps: news.totalSteps };
      trainingState.value = { status: 'running', backend, pace: null };
      break;
    case 'step': {
      curve.value = withBatch(curve.value, news);
      progress.value = { ...progress.value, step: news.step };
      const { imagesPerSecond, secondsLeft } = news;
      if (trainingState.value.status === 'running') {
        trainingState.value = { status: 'running', backend, pace: { imagesPerSecond, secondsLeft } };
      }
      break;
    }
    case 'validation':
      curve.value = withValidation(curve.value, news);
      break;
    case 'unstored':
      unstored.value = news.reason;
      break;
    case 'model':
      trainedFile.value = news.file;
      if (usesTrained.value) useTrained(news.file);
      void store();
      break;
    case 'done':
      trainingState.value = { status: news.reason === 'aborted' && !isStopping ? 'paused' : 'over' };
      void store().then(releaseTraining);
  }
}

const next = oneAtATime();

/** Stores what other tabs, and the next visit, have to know. */
async function store(): Promise<void> {
  if (!trainedFile.value) return;
  const training: StoredTraining = {
    settings: settings.value,
    ...progress.value,
    isOver: trainingState.value.status === 'over',
    curve: curve.value,
    file: trainedFile.value,
  };
  try {
    await next(() => writeTraining(training));
  } catch (error) {
    unstored.value ??= reasonOf(error);
  }
}
