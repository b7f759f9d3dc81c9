import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The reader of the output has gone: the next program of a pipe, or a terminal that was closed. */
const gone = ['EPIPE', 'EIO', 'ENXIO'];

/**
 * That nobody reads on, as in `capsnet info | head -1` or when a terminal is closed, is no mistake, and no reason to end a
 * training: what would have been printed is dropped.
 *
 * @param fail of stdout: anything else, such as a full disk
 */
export function outliveReaders(fail: (error: Error) => void): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!gone.includes(error.code ?? '')) fail(error);
  });
  // Where errors would be told of.
  process.stderr.on('error', () => {});

  const terminals = [0, 1, 2].filter(isatty);
  process.on('exit', () => {
    // Node gives terminals their settings back at its end, and aborts when one refuses them.
    for (const descriptor of terminals) {
      if (!isatty(descriptor)) replaceByNothing(descriptor);
    }
  });
}

/** What is opened takes the lowest number that is free. */
function replaceByNothing(descriptor: number): void {
  try {
    closeSync(descriptor);
    openSync('/dev/null', 'r+');
  } catch {
    // There is nobody left to hear of it.
  }
}
