import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Command } from '../contenders/worker';
import { endOf } from '../process-end';

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  /** Ends the process, and waits until it has ended. */
  close(): Promise<void>;
}

/**
 * Starts a server, and waits until it writes a line of JSON `{ "type": "listening", "url": ... }`.
 *
 * @throws an Error with what the process said last, if it ends before
 */
export async function startServer({ program, args, env }: Command): Promise<Server> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = endOf(child, program);
  for await (const line of createInterface({ input: child.stdout })) {
    const { type, url } = JSON.parse(line);
    if (type !== 'listening') continue;
    child.stdout.resume(); // what it writes later is not read, and must not stop it
    return {
      url,
      async close() {
        child.kill();
        await ended;
      },
    };
  }
  throw new Error(await ended);
}
