import { tabLock } from './tab-lock';

/**
 * All tabs of a browser share one training: what is stored of it is written only by the tab that has this lock, which it
 * has while it trains.
 */
const name = 'capsnet-demo-training';
const lock = tabLock(name);

/** Where other tabs learn that the lock was taken; whether it still is they ask the lock. */
const channel = new BroadcastChannel(name);

let isMine = false;

/** Looks whether another tab has the lock. */
let look = async () => {};

/** Takes the training for this tab, until `releaseTraining`. False if another tab has it. */
export async function takeTraining(): Promise<boolean> {
  isMine = await lock.take();
  if (isMine) channel.postMessage('taken');
  else void look();
  return isMine;
}

/** Leaves the training to whoever takes it next. */
export function releaseTraining(): void {
  lock.release();
  isMine = false;
}

/** Calls back at the start, and whenever another tab takes the training or leaves it. */
export function watchOtherTabs(onTaken: () => void, onFree: () => void): void {
  look = async () => {
    if (isMine) return;
    const isFree = await lock.isFree();
    if (isMine) return;
    if (!isFree) {
      onTaken();
      await lock.untilFree();
    }
    onFree();
  };
  channel.addEventListener('message', () => void look());
  void look();
}
