/** In seconds, since some moment. */
interface Clocks {
  readonly wall: number;
  /** Processor time of this process, over all threads. */
  readonly processor: number;
}

/** Looks at the clocks this often while the process waits for something, in milliseconds. */
const lookEvery = 500;
/** A shorter pause is nobody's sleep. In seconds. */
const shortest = 2;
/** What steps may take before there is one to compare with, in seconds. */
const atFirst = 10;
/** In which the longest step counts half for what is usual, in seconds. */
const halfLife = 5;

/**
 * The time in which this process runs: not that in which it was stopped (Ctrl-Z, SIGSTOP, a paused container) or the machine slept.
 *
 * Nothing tells a process of either, and only some clocks stop with the machine. But between two looks, which are much further
 * apart than usual, it has hardly computed. One that waits for a disk looks meanwhile, and one that gets little of a
 * busy processor has had long steps before, too. A time without the process counts as what was usual.
 *
 * @returns `seconds()` since this call; to be asked at the latest after every step
 */
export function runningTime(read: () => Clocks = clocks) {
  let last = read();
  let usual = atFirst;
  let seconds = 0;

  function look(): number {
    const now = read();
    const [wall, processor] = [now.wall - last.wall, now.processor - last.processor];
    last = now;
    const wasStopped = wall > Math.max(shortest, 5 * usual) && processor < wall / 2;
    const counted = wasStopped ? usual : wall;
    seconds += counted;
    usual = Math.max(wall, usual * 0.5 ** (counted / halfLife));
    return seconds;
  }

  const timer = setInterval(look, lookEvery).unref();
  return { seconds: look, close: () => clearInterval(timer) };
}

function clocks(): Clocks {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1e3, processor: (user + system) / 1e6 };
}
