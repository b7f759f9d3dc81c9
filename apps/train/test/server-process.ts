import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { built } from './command-line';

/** `capsnet serve` as a process. */
export interface Server {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it has written on stdout, line by line. */
  readonly lines: readonly Record<string, unknown>[];
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

const started: ChildProcess[] = [];

/** Ends those that a test has left behind. */
export function endServers(): void {
  for (const child of started)
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}

/** Starts a server on any free port, and waits until it listens. @throws what it has written on stderr, when it ends before */
export async function startServer(cwd: string, args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, [built, 'serve', '--port', '0', '--json', ...args], { cwd });
  started.push(child);
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const lines: Record<string, unknown>[] = [];
  const ended = new Promise<{ code: number | null; stderr: string }>(resolve => {
    child.on('close', code => resolve({ code, stderr }));
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', line => {
      const document = JSON.parse(line);
      lines.push(document);
      if (document.type === 'listening') resolve(document.url);
    });
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  return { url, process: child, lines, ended };
}
