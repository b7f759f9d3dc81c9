import { constants } from 'node:os';

/** Ctrl-C or a polite kill, asked for once; the second time ends the process at once. */
export interface Interruption {
  /** Aborted at the first signal. */
  readonly abort: AbortSignal;
  /** 128 + the signal's number, as a shell reports it; undefined while there was none. */
  exitCode(): number | undefined;
  /** Gives the signals back their usual meaning. */
  dispose(): void;
}

export function listenForInterruption(notify: (signal: NodeJS.Signals) => void): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const listen = (signal: NodeJS.Signals) => {
    const code = 128 + constants.signals[signal];
    if (exitCode !== undefined) {
      // The progress bar has hidden the cursor.
      if (process.stdout.isTTY) process.stdout.write('\u001b[?25h\n');
      process.exit(code);
    }
    exitCode = code;
    controller.abort();
    notify(signal);
  };
  process.on('SIGINT', listen).on('SIGTERM', listen);
  return {
    abort: controller.signal,
    exitCode: () => exitCode,
    dispose: () => process.off('SIGINT', listen).off('SIGTERM', listen),
  };
}
