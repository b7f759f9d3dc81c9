import type { PickedBackend } from '@capsnet/backend';
import { signal } from '@preact/signals';
import { proxy, type Remote } from 'comlink';
import { backendChoice } from '../network/engine';
import { type RunningWorker, runningWorker } from '../network/running-worker';
import type { Pace } from '../network/worker/pace';
import type { Training, TrainingNews } from '../network/worker/training';
import { say } from '../page/notices';
import { type LearningCurve, noCurve, upTo, withBatch, withHeldBack } from './learning-curve';
import { findTrained, keepTrained } from './trained-here';
import { trainedFile, usesTrained, useTrained } from './trained-model';
import { defaultSettings, type TrainingSettings } from './training-settings';

/** Where the training of this page stands. */
export type TrainingState =
  | { readonly status: 'none' }
  | { readonly status: 'starting'; readonly doing: string }
  | { readonly status: 'running'; readonly backend: PickedBackend; readonly pace: Pace | null }
  | { readonly status: 'pausing' }
  | { readonly status: 'paused' }
  | { readonly status: 'over' };

export const trainingState = signal<TrainingState>({ status: 'none' });
export const settings = signal<TrainingSettings>(defaultSettings);
export const curve = signal<LearningCurve>(noCurve);
export const progress = signal<{ readonly step: number; readonly totalSteps: number }>({
  step: 0,
  totalSteps: 0,
});

/** Why the last training came to its end before its time; null as long as it did not. */
export const failure = signal<string | null>(null);

let running: RunningWorker<Training> | undefined;
let isStopping = false;

/** Finds the training of an earlier visit. */
export async function restoreTraining(): Promise<void> {
  const found = await findTrained();
  if (!found || trainingState.value.status !== 'none') return;
  settings.value = found.settings;
  curve.value = found.curve;
  progress.value = { step: found.step, totalSteps: found.totalSteps };
  trainedFile.value = found.file;
  trainingState.value = { status: found.isOver ? 'over' : 'paused' };
}

/** Trains anew, in place of what was trained before. */
export function startTraining(): Promise<void> {
  curve.value = noCurve;
  progress.value = { step: 0, totalSteps: 0 };
  trainedFile.value = null;
  return run(false);
}

/** Goes on from the last checkpoint. */
export function continueTraining(): Promise<void> {
  return run(true);
}

/** Ends after the current step, with a checkpoint from which the training can go on. */
export function pauseTraining(): void {
  trainingState.value = { status: 'pausing' };
  tell(remote => remote.pause());
}

/** Ends the training for good; what was trained stays. */
export function stopTraining(): void {
  if (trainingState.value.status === 'paused') {
    trainingState.value = { status: 'over' };
    void keep();
  } else {
    isStopping = true;
    pauseTraining();
  }
}

/** Loses the WebGL context of a running training on purpose. */
export function loseTrainingContext(): void {
  tell(remote => remote.loseContext());
}

/** Of a worker that fails, `run` hears itself. */
function tell(what: (remote: Remote<Training>) => Promise<void>): void {
  running?.ask(what).catch(() => {});
}

async function run(resume: boolean): Promise<void> {
  isStopping = false;
  trainingState.value = { status: 'starting', doing: 'starting' };
  failure.value = null;
  running?.end();
  const mine = runningWorker<Training>(
    new Worker(new URL('../network/worker/training.worker.ts', import.meta.url), { type: 'module' }),
  );
  running = mine;
  try {
    const backend = await mine.ask(remote =>
      remote.start(
        backendChoice.value,
        proxy(() => recover(mine)),
      ),
    );
    const hear = (news: TrainingNews) => {
      if (running === mine) listen(news, backend);
    };
    await mine.ask(remote => remote.run(settings.value, { resume, page: document.baseURI }, proxy(hear)));
  } catch (error) {
    if (running !== mine) return;
    // The event of the context comes, too, or has come; another worker goes on.
    if ((error as Error).name === 'ContextLost') return recover(mine);
    failure.value = (error as Error).message;
    trainingState.value = { status: trainedFile.value ? 'paused' : 'none' };
  }
}

/** Nothing of a worker is used whose context was lost: the next one goes on from the last checkpoint. */
function recover(lost: RunningWorker<Training>): void {
  if (running !== lost) return;
  say('The browser took the WebGL context of the training away. It goes on from the last checkpoint.');
  void run(true);
}

function listen(news: TrainingNews, backend: PickedBackend): void {
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
      curve.value = withHeldBack(curve.value, news);
      break;
    case 'model':
      trainedFile.value = news.file;
      if (usesTrained.value) useTrained(news.file);
      void keep();
      break;
    case 'done':
      trainingState.value = { status: news.reason === 'aborted' && !isStopping ? 'paused' : 'over' };
      void keep();
  }
}

async function keep(): Promise<void> {
  if (!trainedFile.value) return;
  try {
    await keepTrained({
      settings: settings.value,
      ...progress.value,
      isOver: trainingState.value.status === 'over',
      curve: curve.value,
      file: trainedFile.value,
    });
  } catch (error) {
    say(`What was trained could not be stored: ${(error as Error).message}`);
  }
}
