/**
 * All tabs of a browser share one training: what is stored of it is written only by the tab that has this lock, which it
 * has while it trains. The browser takes it back from a tab that is closed or crashes.
 */
const name = 'capsnet-demo-training';

/** How long a tab waits for the lock: others may look whether it is free at the same moment. */
const patience = 1000;

/** Where other tabs learn that the lock was taken; whether it still is they ask the browser. */
const channel = new BroadcastChannel(name);

let release: (() => void) | null = null;

/** Looks whether another tab has the lock. */
let look = async () => {};

/** Takes the training for this tab, until `releaseTraining`. False if another tab has it. */
export function takeTraining(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { signal: AbortSignal.timeout(patience) }, () => {
        channel.postMessage('taken');
        resolve(true);
        return new Promise<void>(released => {
          release = released;
        });
      })
      .catch(error => {
        if (error.name !== 'TimeoutError') return reject(error);
        void look();
        resolve(false);
      });
  });
}

/** Leaves the training to whoever takes it next. */
export function releaseTraining(): void {
  release?.();
  release = null;
}

/** Calls back at the start, and whenever another tab takes the training or leaves it. */
export function watchOtherTabs(onTaken: () => void, onFree: () => void): void {
  look = async () => {
    if (release) return;
    const isFree = await navigator.locks.request(
      name,
      { mode: 'shared', ifAvailable: true },
      lock => lock !== null,
    );
    if (release) return;
    if (!isFree) {
      onTaken();
      await navigator.locks.request(name, { mode: 'shared' }, () => {});
    }
    onFree();
  };
  channel.addEventListener('message', () => void look());
  void look();
}
