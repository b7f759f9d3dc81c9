import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Command } from '../contenders/worker';

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
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const ended = new Promise<string>(resolve => {
    child.on('error', error => resolve(`${program} cannot be started: ${error.message}`));
    child.on('close', (code, signal) => {
      const last = said.trim().split('\n').at(-1);
      resolve(`the process ended with ${signal ?? `exit code ${code}`}${last ? `: ${last}` : ''}`);
    });
  });
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
