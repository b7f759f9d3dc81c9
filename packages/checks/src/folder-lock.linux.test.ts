import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lockFolder } from './folder-lock';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsnet-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

it.skipIf(process.platform !== 'linux')(
  'a killed process holds no lock, even before its parent asks how it ended',
  async () => {
    // The shell becomes a program that never waits for the process it started.
    const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number((await once(parent.stdout, 'data'))[0]);
    try {
      const fields = async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ');
      const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
      const holder = {
        id: '00000000-0000-4000-8000-000000000000',
        pid,
        host: hostname(),
        started: `${boot} ${(await fields())[19]}`,
        since: new Date().toISOString(),
      };
      await writeFile(join(folder, '.lock'), JSON.stringify(holder));
      await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${pid}`);
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(async () => expect((await fields())[0]).toBe('Z'));
      await (await lockFolder(folder)).release();
    } finally {
      parent.kill('SIGKILL');
    }
  },
);
