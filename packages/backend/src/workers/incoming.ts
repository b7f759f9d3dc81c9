import { connect, type Socket } from 'node:net';
import type { Host } from './host';

/**
 * A connection that is read in pieces of known length, each straight into the memory where it belongs. While nobody asks for a
 * piece, the connection is not read, and the sender waits.
 */
export class Incoming {
  readonly socket: Socket;
  /** Grows by one whenever bytes arrive. */
  arrivals = 0;
  #wanted: { into: Uint8Array; at: number; resolve: () => void; reject: (cause: Error) => void } | null =
    null;
  /** Takes what arrives when it is not yet known where it belongs. */
  readonly #spare = new Uint8Array(1 << 16);
  #unread = this.#spare.subarray(0, 0);
  /** Where the next bytes arrive. */
  #next: Uint8Array = this.#spare;
  #failure: Error | null = null;

  constructor({ name, port }: Host) {
    this.socket = connect({
      host: name,
      port,
      family: 4,
      noDelay: true,
      onread: { buffer: () => this.#nextBuffer(), callback: count => this.#take(count) },
    });
    // "close" follows, which is what counts.
    this.socket.once('error', () => {});
  }

  /** Fills `into`. One piece at a time. */
  read(into: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      this.#wanted = { into, at: 0, resolve, reject };
      this.#fill();
      if (this.#wanted) this.socket.resume();
    });
  }

  /** Ends the connection; the piece that is being read is rejected, and those after it. */
  fail(cause: Error): void {
    this.#failure ??= cause;
    this.#wanted?.reject(this.#failure);
    this.#wanted = null;
    this.socket.destroy();
  }

  #nextBuffer(): Uint8Array {
    this.#next = this.#wanted ? this.#wanted.into.subarray(this.#wanted.at) : this.#spare;
    return this.#next;
  }

  /** @returns false for a pause */
  #take(count: number): boolean {
    this.arrivals++;
    if (this.#next === this.#spare) {
      this.#unread = this.#spare.subarray(0, count);
      this.#fill();
    } else this.#advance(count);
    return this.#wanted !== null;
  }

  /** Moves what has arrived already to where it belongs. */
  #fill(): void {
    if (!this.#wanted) return;
    const { into, at } = this.#wanted;
    const part = this.#unread.subarray(0, into.length - at);
    into.set(part, at);
    this.#unread = this.#unread.subarray(part.length);
    this.#advance(part.length);
  }

  #advance(count: number): void {
    const wanted = this.#wanted;
    if (!wanted) return;
    wanted.at += count;
    if (wanted.at < wanted.into.length) return;
    this.#wanted = null;
    wanted.resolve();
  }
}
