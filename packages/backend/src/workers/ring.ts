import type { Socket } from 'node:net';
import { CapsnetError } from '@capsnet/checks';
import type { Host } from './host';
import type { Incoming } from './incoming';

/** In milliseconds: how often a worker that has nothing else to send says that it is alive. */
const aliveEvery = 1000;
/** How long one that lost its successor waits to hear of somebody else's loss, of which the successor's end is a consequence. */
const hearsay = 2000;
/** How long one that leaves waits for its predecessor to leave as well. */
const leaveWithin = 10_000;
/** Of silence of the predecessor, in multiples of `aliveEvery`: before the first steps, which take long, and after. */
const silenceAtFirst = 120;
const silence = 15;

/** A part is preceded by its kind, the number of its call, its length in bytes, and a number that goes with it. */
const headBytes = 24;
const kinds = { alive: 1, lost: 2, part: 3, leave: 4 } as const;

/**
 * This worker's place in the ring of all: what it sends goes to the worker of the next rank, and the first is next to the last.
 *
 * A worker that is lost is noticed by the next one, when the connection ends or nothing comes for long, and it tells the others.
 */
export class Ring {
  readonly rank: number;
  readonly size: number;
  readonly #hosts: readonly Host[];
  readonly #from: Incoming;
  readonly #to: Socket;
  readonly #head = new Uint8Array(headBytes);
  /** The head of the part that comes next, as soon as it has been asked for. */
  #nextHead: Promise<{ readonly call: number; readonly length: number; readonly value: number }> | null =
    null;
  #sent: Promise<void> = Promise.resolve();
  #hasSent = false;
  #waiting = 0;
  #silentFor = 0;
  #longestSilence = 0;
  #heard = 0;
  #isWarm = false;
  #hasLeft = false;
  #isOver = false;
  #failure: Promise<void> | null = null;
  readonly #pulse = setInterval(() => this.#beat(), aliveEvery).unref();

  constructor(hosts: readonly Host[], rank: number, { from, to }: { from: Incoming; to: Socket }) {
    this.#hosts = hosts;
    this.rank = rank;
    this.size = hosts.length;
    this.#from = from;
    this.#to = to;
    whenClosed(from.socket, () => {
      if (!this.#hasLeft) this.#lose(this.#before, rank);
    });
    whenClosed(to, () => setTimeout(() => this.#lose(this.#after, rank), hearsay).unref());
    // Nothing comes from there but its end.
    to.resume();
    from.socket.unref();
    to.unref();
  }

  get #before(): number {
    return (this.rank + this.size - 1) % this.size;
  }

  /** The worker that this one receives from. */
  get before(): Host {
    return this.#hosts[this.#before]!;
  }

  get #after(): number {
    return (this.rank + 1) % this.size;
  }

  /** Sends a part of a call to the next worker. The bytes must stay as they are until `flushed`. */
  send(call: number, part: Uint8Array, value = 1): void {
    this.#hasSent = true;
    this.#sent = this.#write(headOf(kinds.part, call, part.length, value), part);
  }

  /**
   * Receives a part of a call from the worker before.
   *
   * @param into gives the memory for as many bytes; throws if there cannot be as many
   * @returns the number that was sent with it
   */
  async receive(call: number, into: (bytes: number) => Uint8Array): Promise<number> {
    return this.#guarded(async () => {
      const { call: theirs, length, value } = await this.#part();
      this.#nextHead = null;
      if (theirs !== call) throw outOfStep(this.before);
      await this.#from.read(into(length));
      return value;
    });
  }

  /** Waits until all that was sent is on its way. */
  async flushed(): Promise<void> {
    // Who waits for the next worker may hear of a loss.
    const heard = this.#part().then(() => this.#sent);
    await this.#guarded(() => Promise.race([this.#sent, heard]));
  }

  /** From here on a step is known to have come to its end, and silence is suspicious earlier. */
  warm(): void {
    this.#isWarm = true;
  }

  /** Ends the connections, as all workers do, when each of them has all that it was sent. */
  async leave(): Promise<void> {
    await this.#guarded(async () => {
      const { socket } = this.#from;
      const end = new Promise<void>(resolve => socket.once('close', resolve));
      this.#write(headOf(kinds.leave, 0, 0, 0));
      await new Promise<void>(resolve => this.#to.end(() => resolve()));
      const timer = setTimeout(() => socket.destroy(), leaveWithin);
      // To its end: a connection that is closed with something unread takes back what was sent.
      this.#part().catch(() => {});
      if (!socket.destroyed) await end;
      clearTimeout(timer);
    });
    this.close();
  }

  close(): void {
    this.#isOver = true;
    clearInterval(this.#pulse);
    this.#to.destroy();
    this.#from.socket.destroy();
  }

  /** The head of the next part; what comes before it is dealt with. */
  #part() {
    if (!this.#nextHead) {
      this.#nextHead = this.#readHead();
      // Nobody may be waiting when it fails; the next call says so.
      this.#nextHead.catch(() => {});
    }
    return this.#nextHead;
  }

  async #readHead(): Promise<{ readonly call: number; readonly length: number; readonly value: number }> {
    for (;;) {
      await this.#from.read(this.#head);
      const view = new DataView(this.#head.buffer);
      const [kind, call, length] = [view.getUint32(0), view.getUint32(4), view.getUint32(8)];
      const value = view.getFloat64(16);
      if (kind === kinds.part) return { call, length, value };
      if (kind === kinds.lost) this.#lose(call % this.size, value);
      else if (kind === kinds.leave) this.#hasLeft = true;
      else if (kind !== kinds.alive) throw outOfStep(this.before);
    }
  }

  async #guarded<T>(act: () => Promise<T>): Promise<T> {
    this.#waiting++;
    this.#silentFor = 0;
    // They keep the process alive only while something is waited for.
    for (const socket of [this.#from.socket, this.#to]) socket.ref();
    try {
      return await act();
    } finally {
      if (--this.#waiting === 0) for (const socket of [this.#from.socket, this.#to]) socket.unref();
    }
  }

  #write(...parts: readonly Uint8Array[]): Promise<void> {
    if (this.#to.destroyed) return Promise.resolve();
    return new Promise(resolve => {
      this.#to.cork();
      // One that fails ends the connection, which is dealt with.
      for (const [at, part] of parts.entries())
        this.#to.write(part, at === parts.length - 1 ? () => resolve() : undefined);
      this.#to.uncork();
    });
  }

  /**
   * Once a second, unless this worker computes: so what counts is not the time, in which bytes may have come that nobody has looked at.
   */
  #beat(): void {
    if (!this.#hasSent) this.#write(headOf(kinds.alive, 0, 0, 0));
    this.#hasSent = false;
    if (this.#from.arrivals !== this.#heard) {
      this.#longestSilence = Math.max(this.#longestSilence, this.#silentFor);
      this.#heard = this.#from.arrivals;
      this.#silentFor = 0;
      return;
    }
    if (this.#waiting === 0) return;
    const limit = (this.#isWarm ? silence : silenceAtFirst) + 4 * this.#longestSilence;
    if (++this.#silentFor > limit) this.#lose(this.#before, this.rank);
  }

  /** Tells the others of a loss, once, and lets every call fail. */
  #lose(lost: number, noticedBy: number): void {
    if (this.#isOver || this.#failure) return;
    const told =
      this.#after === noticedBy || this.#after === lost
        ? Promise.resolve()
        : this.#write(headOf(kinds.lost, lost, 0, noticedBy));
    const patience = new Promise<void>(resolve => setTimeout(resolve, hearsay).unref());
    this.#failure = Promise.race([told, patience]).then(() => {
      this.#from.fail(lostError(this.#hosts, lost));
      this.close();
    });
  }
}

function whenClosed(socket: Socket, act: () => void): void {
  if (socket.destroyed) act();
  else socket.once('close', act);
}

function headOf(kind: number, call: number, length: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(headBytes));
  view.setUint32(0, kind);
  view.setUint32(4, call);
  view.setUint32(8, length);
  view.setFloat64(16, value);
  return new Uint8Array(view.buffer);
}

function lostError(hosts: readonly Host[], lost: number): CapsnetError {
  return new CapsnetError(
    'workers',
    `workers: worker ${lost} (${hosts[lost]!.text}) does not answer: ended, frozen, or out of reach`,
  );
}

export function outOfStep({ text }: Host): CapsnetError {
  return new CapsnetError(
    'workers',
    `workers: ${text} sends something else than expected: workers call the same methods in the same order, with tensors of the same shapes`,
  );
}
