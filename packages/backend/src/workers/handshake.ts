import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Host } from './host';

/** What two neighbours have to agree on. */
export interface Membership {
  readonly hosts: readonly Host[];
  readonly rank: number;
  /** Known to all workers and, it is hoped, to nobody else; "" for none. */
  readonly secret: string;
}

/** The last byte is the version of all that is sent. */
const magic = Buffer.from('capsnet workers1');
const refusal = Buffer.from('capsnet refuses1');
const nonceBytes = 32;
const macBytes = 32;
const helloBytes = magic.length + 4 + 32 + nonceBytes;
/** How long a connection may take to say who it is, in milliseconds. */
const within = 30_000;

export type Greeting =
  | 'welcome'
  /** The connection ended before it was clear who is there. */
  | 'gone'
  /** It answers in other words than ours, or not at all. */
  | 'stranger'
  /** Other hosts, or another rank. */
  | 'other-hosts'
  | 'other-secret';

/**
 * Of the side that connects: says who this is, and has both sides prove that they know the secret without sending it.
 *
 * @param read fills its argument with what the other side sends
 */
export async function greet(
  socket: Socket,
  read: (into: Uint8Array) => Promise<void>,
  { hosts, rank, secret }: Membership,
): Promise<Greeting> {
  const place = Buffer.alloc(4);
  place.writeUInt32BE(rank);
  const hello = Buffer.concat([magic, place, digestOf(hosts), randomBytes(nonceBytes)]);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    socket.destroy();
  }, within);
  try {
    socket.write(hello);
    const greeting = Buffer.alloc(magic.length);
    await read(greeting);
    if (greeting.equals(refusal)) return 'other-hosts';
    if (!greeting.equals(magic)) return 'stranger';
    const answer = Buffer.alloc(nonceBytes + macBytes);
    await read(answer);
    const nonce = answer.subarray(0, nonceBytes);
    const expected = macOf(secret, 'accepts', hello, nonce);
    if (!timingSafeEqual(answer.subarray(nonceBytes), expected)) return 'other-secret';
    socket.write(macOf(secret, 'connects', hello, nonce));
    return 'welcome';
  } catch {
    return isLate ? 'stranger' : 'gone';
  } finally {
    clearTimeout(timer);
  }
}

/** Of the side that is connected to: whether it is the neighbour whom this worker sends to. If not, the connection is ended. */
export async function isNeighbour(socket: Socket, { hosts, rank, secret }: Membership): Promise<boolean> {
  const timer = setTimeout(() => socket.destroy(), within);
  try {
    const hello = await take(socket, helloBytes);
    if (!hello.subarray(0, magic.length).equals(magic)) throw new Error('another program');
    const place = hello.readUInt32BE(magic.length);
    const digest = hello.subarray(magic.length + 4, helloBytes - nonceBytes);
    if (place !== (rank + 1) % hosts.length || !digest.equals(digestOf(hosts))) {
      socket.end(refusal);
      return false;
    }
    const nonce = randomBytes(nonceBytes);
    socket.write(Buffer.concat([magic, nonce, macOf(secret, 'accepts', hello, nonce)]));
    const proof = await take(socket, macBytes);
    if (!timingSafeEqual(proof, macOf(secret, 'connects', hello, nonce))) throw new Error('another secret');
    return true;
  } catch {
    socket.destroy();
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function macOf(secret: string, who: string, hello: Uint8Array, nonce: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(who).update(hello).update(nonce).digest();
}

function digestOf(hosts: readonly Host[]): Buffer {
  return createHash('sha256')
    .update(hosts.map(({ text }) => text).join())
    .digest();
}

function take(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Error('ended'));
    const onReadable = () => {
      const bytes: Buffer | null = socket.read(count);
      if (!bytes) return;
      socket.off('readable', onReadable).off('close', onClose);
      resolve(bytes);
    };
    socket.on('readable', onReadable).on('close', onClose);
    onReadable();
  });
}
