/** What one tab of a browser has, and no other. A tab that is closed or crashes has it no longer. */
export interface TabLock {
  /** Takes it, until `release`. False if another tab has it. */
  take(): Promise<boolean>;
  release(): void;
  isFree(): Promise<boolean>;
  /** Waits until the tab that has it has left it. */
  untilFree(): Promise<void>;
}

/** Only secure pages have Web Locks; on others, as by plain http in a hall, tabs ask each other. */
export function tabLock(name: string): TabLock {
  return navigator.locks ? webLock(name) : askedLock(name);
}

/** How long a tab waits for the lock: others may look whether it is free at the same moment. In milliseconds. */
const patience = 1000;

function webLock(name: string): TabLock {
  let release: (() => void) | null = null;
  return {
    take: () =>
      new Promise((resolve, reject) => {
        navigator.locks
          .request(name, { signal: AbortSignal.timeout(patience) }, () => {
            resolve(true);
            return new Promise<void>(released => {
              release = released;
            });
          })
          .catch(error => {
            if (isDenied(error)) resolve(true);
            else if (error.name === 'TimeoutError') resolve(false);
            else reject(error);
          });
      }),
    release() {
      release?.();
      release = null;
    },
    isFree: () =>
      navigator.locks
        .request(name, { mode: 'shared', ifAvailable: true }, lock => lock !== null)
        .catch(error => isDenied(error) || Promise.reject(error)),
    untilFree: () => navigator.locks.request(name, { mode: 'shared' }, () => {}),
  };
}

/** Where a page may store nothing, it has no locks either, and needs none: there is nothing that its tabs share. */
function isDenied(error: Error): boolean {
  return error.name === 'SecurityError';
}

/** How long a tab has to answer. In milliseconds. */
const answerTime = 400;
/** How often a tab asks whether one that may have crashed still answers. In milliseconds. */
const askEvery = 2000;

type Message =
  | { readonly type: 'look' }
  | { readonly type: 'take'; readonly candidate: number }
  | { readonly type: 'mine' }
  | { readonly type: 'free' };

function askedLock(name: string): TabLock {
  const channel = new BroadcastChannel(`${name}-asked`);
  const tell = (message: Message) => channel.postMessage(message);
  let isMine = false;
  /** Of two tabs that ask at the same moment, the one with the lower number takes it. */
  let candidate = Number.POSITIVE_INFINITY;

  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.type === 'look' || data.type === 'take') {
      const isEarlier = data.type === 'take' && candidate < data.candidate;
      if (isMine || isEarlier) tell({ type: 'mine' });
    }
  });
  addEventListener('pagehide', () => {
    if (isMine) tell({ type: 'free' });
  });

  /** Whether a message comes in time that settles it. */
  function heard(settles: (message: Message) => boolean, time: number): Promise<boolean> {
    return new Promise(resolve => {
      const timer = setTimeout(end, time, false);
      // Each with a listener of its own: a tab may ask for the lock while it waits for it to be free.
      const listen = ({ data }: MessageEvent<Message>) => settles(data) && end(true);
      channel.addEventListener('message', listen);
      function end(found: boolean) {
        clearTimeout(timer);
        channel.removeEventListener('message', listen);
        resolve(found);
      }
    });
  }

  async function isFree(): Promise<boolean> {
    if (isMine) return false;
    tell({ type: 'look' });
    return !(await heard(({ type }) => type === 'mine', answerTime));
  }

  return {
    async take() {
      const own = Math.random();
      candidate = own;
      tell({ type: 'take', candidate });
      const isAnothers = await heard(
        message => message.type === 'mine' || (message.type === 'take' && message.candidate < own),
        answerTime,
      );
      candidate = Number.POSITIVE_INFINITY;
      isMine = !isAnothers;
      return isMine;
    },
    release() {
      if (isMine) tell({ type: 'free' });
      isMine = false;
    },
    isFree,
    async untilFree() {
      while (!(await heard(({ type }) => type === 'free', askEvery)) && !(await isFree()));
    },
  };
}
