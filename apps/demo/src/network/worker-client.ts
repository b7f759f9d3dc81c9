import { CapsnetError } from '@capsnet/checks';
import { type Remote, wrap } from 'comlink';

/** Why a question has no answer: its worker was ended. */
export class WorkerEnded extends CapsnetError {
  override readonly name = 'WorkerEnded';
  constructor(message: string) {
    super('unavailable', message);
  }
}

/** A worker whose questions are always answered, or fail: also when its script cannot be loaded, or when it is ended. */
export interface WorkerClient<T> {
  /** @throws what the worker throws, why it could not start, or `WorkerEnded` */
  ask<R>(question: (remote: Remote<T>) => Promise<R>): Promise<R>;
  end(): void;
}

/**
 * Makes a worker, and wraps it.
 *
 * @throws where the browser makes no such worker
 */
export function workerClient<T>(make: () => Worker): WorkerClient<T> {
  const worker = made(make);
  const remote = wrap<T>(worker);
  const waiting = new Set<(reason: Error) => void>();
  let failure: Error | undefined;

  function fail(reason: Error) {
    failure ??= reason;
    for (const reject of waiting) reject(failure);
    waiting.clear();
  }

  // A script that cannot be loaded has no message.
  worker.addEventListener('error', ({ message }) =>
    fail(new CapsnetError('unavailable', message || unloaded)),
  );

  return {
    ask: question =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        waiting.add(reject);
        question(remote)
          .then(resolve, reject)
          .finally(() => waiting.delete(reject));
      }),
    end() {
      worker.terminate();
      fail(new WorkerEnded('the worker was ended'));
    },
  };
}

const unloaded = 'the script of its worker could not be loaded. Reload the page to try again';

function made(make: () => Worker): Worker {
  try {
    return make();
  } catch (cause) {
    throw new CapsnetError(
      'unavailable',
      `this browser starts no worker of modules, which the page computes in (${(cause as Error).message})`,
      { cause },
    );
  }
}
