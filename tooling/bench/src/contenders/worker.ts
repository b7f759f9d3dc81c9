import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endOf } from '../process-end';
import type {
  Answer,
  BatchRequest,
  Classified,
  Inferred,
  LearnRequest,
  Learnt,
  Phases,
  Ready,
  Request,
  Trained,
} from './protocol';

/** A contender in a process of its own. */
export interface Worker {
  readonly ready: Ready;
  request(request: BatchRequest & { readonly do: 'train' }): Promise<Trained>;
  request(request: BatchRequest & { readonly do: 'infer' }): Promise<Inferred>;
  request(request: BatchRequest & { readonly do: 'classify' }): Promise<Classified>;
  request(request: LearnRequest): Promise<Learnt>;
  request(request: BatchRequest & { readonly do: 'phases' }): Promise<Phases>;
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
  child.stdin.on('error', () => {}); // It has ended, which its exit tells with more words.
  const ended = endOf(child, program);
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

/** Contenders that run, what each found before it takes turns, and why others do not. */
export interface Started<T> {
  readonly workers: Record<string, Worker>;
  readonly found: Record<string, T>;
  readonly missing: Record<string, string>;
}

/**
 * Starts contenders one after the other and lets each do something first. Who cannot is left out, but for the one that
 * is needed.
 *
 * @param begin what a contender does before they take turns, such as to warm up
 * @throws if the contender cannot that is needed; then none is left running
 */
export async function startAll<T>(
  commands: Readonly<Record<string, Command>>,
  begin: (worker: Worker) => Promise<T>,
  tell: (line: string) => void,
  needed?: string,
): Promise<Started<T>> {
  const started: Started<T> = { workers: {}, found: {}, missing: {} };
  for (const [name, command] of Object.entries(commands)) {
    tell(`${name}: loading and warming up`);
    let worker: Worker | undefined;
    try {
      worker = await startWorker(command);
      started.found[name] = await begin(worker);
      started.workers[name] = worker;
    } catch (error) {
      await worker?.close();
      if (name === needed) {
        await closeAll(started);
        throw error;
      }
      started.missing[name] = (error as Error).message;
      tell(`${name} is left out: ${started.missing[name]}`);
    }
  }
  return started;
}

export async function closeAll({ workers }: Started<unknown>): Promise<void> {
  for (const worker of Object.values(workers)) await worker.close();
}
