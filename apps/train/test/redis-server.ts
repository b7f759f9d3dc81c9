import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Why there is no Redis to test with; undefined where there is one. */
export const missingRedis =
  spawnSync('redis-server', ['--version']).error === undefined
    ? undefined
    : 'redis-server is not installed (Debian: apt-get install redis-server)';

/** A Redis of a test's own, in a temporary folder. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it by a signal. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it anew with what it has kept on its disk. */
  start(): Promise<void>;
  /** Ends it, and removes its folder. */
  remove(): Promise<void>;
}

/** @param keeps whether what it holds survives its end */
export async function startRedis({ keeps = true } = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'capsnet-redis-'));
  const port = await freePort();
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''];
  let server: ChildProcess | undefined;
  const redis: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    async stop(signal = 'SIGTERM') {
      if (!server || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill(signal);
      await ended;
    },
    async start() {
      const started = spawn(
        'redis-server',
        [...args, '--appendonly', keeps ? 'yes' : 'no', '--appendfsync', 'always'],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      server = started;
      await new Promise<void>((resolve, reject) => {
        let said = '';
        createInterface({ input: started.stdout }).on('line', line => {
          said += `${line}\n`;
          if (line.includes('Ready to accept connections')) resolve();
        });
        started.on('exit', () => reject(new Error(said)));
      });
    },
    async remove() {
      await redis.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
