import { constants } from 'node:os';

/**
 * Ctrl-C, a polite kill or a terminal that is closed: the first asks the training to stop, a second one by hand ends the process
 * at once. A training that a worker has started stops likewise when the worker is gone.
 */
export interface Interruption {
  /** Aborted at the first signal. */
  readonly abort: AbortSignal;
  /** 128 + the signal's number, as a shell reports it; undefined while there was none. */
  exitCode(): number | undefined;
  /** Gives the signals back their usual meaning. */
  dispose(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl-C arrives twice when npm runs the program: from the terminal, and passed on by npm. */
const sameKeystroke = 500;

export function listenForInterruption(notify: () => void): Interruption {
  const controller = new AbortController();
  let first: { readonly exitCode: number; readonly at: number } | undefined;
  const listen = (signal: NodeJS.Signals) => {
    const exitCode = 128 + constants.signals[signal];
    const at = performance.now();
    if (!first) {
      first = { exitCode, at };
      controller.abort();
      notify();
      // The shell and the system both tell of a closed terminal.
    } else if (signal !== 'SIGHUP' && at - first.at > sameKeystroke) {
      // The progress bar has hidden the cursor.
      if (process.stdout.isTTY) process.stdout.write('\u001b[?25h\n');
      process.exit(exitCode);
    }
  };
  for (const signal of signals) process.on(signal, listen);
  const orphaned = () => listen('SIGTERM');
  if (process.env.CAPSNET_TRAINED_FOR === 'worker') {
    if (process.connected) process.once('disconnect', orphaned);
    else orphaned();
    // The connection to the worker is no reason to stay.
    process.channel?.unref();
  }
  return {
    abort: controller.signal,
    exitCode: () => first?.exitCode,
    dispose: () => {
      for (const signal of signals) process.off(signal, listen);
      process.off('disconnect', orphaned);
    },
  };
}
