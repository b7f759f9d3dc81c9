import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Answer, Inferred, Phases, Ready, Request, Trained } from './protocol';

/** A contender in a process of its own. */
export interface Worker {
  readonly ready: Ready;
  request(request: Request & { readonly do: 'train' }): Promise<Trained>;
  request(request: Request & { readonly do: 'infer' }): Promise<Inferred>;
  request(request: Request & { readonly do: 'phases' }): Promise<Phases>;
  /** Ends the process, and waits until it has ended. */
  close(): Promise<void>;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a contender and waits until it has loaded.
 *
 * @throws an Error with what the process said, if it answers with an error, with anything but a line of JSON, or ends
 */
export async function startWorker({ program, args, env }: Command): Promise<Worker> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  child.stdin.on('error', () => {}); // It has ended, which its exit tells with more words.
  const ended = new Promise<string>(resolve => {
    child.on('error', error => resolve(`${program} cannot be started: ${error.message}`));
    child.on('close', (code, signal) => {
      const last = said.trim().split('\n').at(-1);
      resolve(`the process ended with ${signal ?? `exit code ${code}`}${last ? `: ${last}` : ''}`);
    });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function answer<T>(): Promise<T> {
    const { value: line, done } = await lines.next();
    if (done) throw new Error(await ended);
    let answer: Answer<T>;
    try {
      answer = JSON.parse(line);
    } catch (cause) {
      throw new Error(`expected a line of JSON, found "${line.slice(0, 200)}"`, { cause });
    }
    if ('error' in answer) throw new Error(answer.error);
    return answer.result;
  }

  async function close() {
    child.stdin.end();
    child.kill();
    await ended;
  }

  try {
    const ready = await answer<Ready>();
    return {
      ready,
      request<T>(request: Request): Promise<T> {
        child.stdin.write(`${JSON.stringify(request)}\n`);
        return answer<T>();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
