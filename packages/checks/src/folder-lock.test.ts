import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, start } from '@capsnet/testing/child-process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FolderLock, FolderLocked, lockFolder } from './node';

let bundled: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  bundled = await bundle(join(import.meta.dirname, '../test/locking-process.ts'));
});
afterAll(() => bundled.remove());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsnet-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const lockPath = () => join(folder, '.lock');
const readLock = async () => JSON.parse(await readFile(lockPath(), 'utf8'));

/** The lock file of a process that was killed. */
async function killedLock(): Promise<string> {
  const child = start(bundled.script, []);
  child.writeLine(folder);
  expect(await child.nextLine()).toBe('locked');
  await child.kill();
  return readFile(lockPath(), 'utf8');
}

describe('one process', () => {
  test('locks, releases once, and locks again', async () => {
    const first = await lockFolder(folder);
    expect(await readLock()).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(lockFolder(folder)).rejects.toThrow(FolderLocked);
    await first.expectHeld();
    await first.release();
    expect(await readdir(folder)).toEqual([]);
    const second = await lockFolder(folder);
    await first.release();
    expect(await readdir(folder)).toEqual(['.lock']);
    await second.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('lets one of many calls at the same time through', async () => {
    const held = await Promise.allSettled(Array.from({ length: 9 }, () => lockFolder(folder)));
    const [lock, ...others] = held.filter(({ status }) => status === 'fulfilled');
    expect(others).toEqual([]);
    for (const { reason } of held.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(FolderLocked);
    }
    await (lock as PromiseFulfilledResult<FolderLock>).value.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('cannot lock a folder that is not there', async () => {
    await expect(lockFolder(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });
});

describe('two processes', () => {
  test('do not lock one folder; the message says who has it and what to do', async () => {
    const child = start(bundled.script, []);
    child.writeLine(folder);
    expect(await child.nextLine()).toBe('locked');
    const { pid, since } = await readLock();
    expect(pid).toBe(child.process.pid);
    const message = `${folder} is in use by process ${pid} on ${hostname()} since ${since}. Wait until it ends, or stop it. `;
    await expect(lockFolder(folder)).rejects.toThrow(message);
    expect((await readLock()).pid).toBe(pid);

    // A normal end releases.
    child.process.stdin?.end();
    expect(await child.nextLine()).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  test('follow each other at once when one is killed', async () => {
    await killedLock();
    const lock = await lockFolder(folder);
    expect((await readLock()).pid).toBe(process.pid);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('never both replace the lock of a third that was killed', async () => {
    const stale = await killedLock();
    const children = Array.from({ length: 4 }, () => start(bundled.script, []));
    for (let round = 0; round < 25; round++) {
      const place = join(folder, String(round));
      await mkdir(place);
      await writeFile(join(place, '.lock'), stale);
      for (const child of children) child.writeLine(place);
      const printed = await Promise.all(children.map(child => child.nextLine()));
      expect(printed.filter(line => line === 'locked').length, printed.join('\n')).toBe(1);
      expect(printed.filter(line => line?.startsWith('FolderLocked: ')).length).toBe(children.length - 1);
      expect(await readdir(place)).toEqual(['.lock']);
    }
  });
});

describe('a lock that is taken over', () => {
  test('is lost to the one that held it, which hears of it when it asks, and leaves it when it ends', async () => {
    const child = start(bundled.script, []);
    child.writeLine(folder);
    expect(await child.nextLine()).toBe('locked');
    child.writeLine('');
    expect(await child.nextLine()).toBe('held');

    const lock = await lockFolder(folder, { takeOver: true });
    child.writeLine('');
    expect(await child.nextLine()).toBe(
      `FolderLocked: process ${process.pid} on ${hostname()} has taken over ${folder}: this process writes nothing more there`,
    );
    child.process.stdin?.end();
    expect(await child.nextLine()).toBeUndefined();
    await lock.expectHeld();
    expect(await readdir(folder)).toEqual(['.lock']);

    await rm(lockPath());
    await expect(lock.expectHeld()).rejects.toThrow(
      `${lockPath()} was removed, so that another process may use ${folder}`,
    );
  });

  test('goes to one of many that take it at the same time, or to each after the other', async () => {
    const first = await lockFolder(folder);
    const taken = await Promise.allSettled(
      Array.from({ length: 5 }, () => lockFolder(folder, { takeOver: true })),
    );
    const held = await Promise.allSettled(
      taken.flatMap(result => (result.status === 'fulfilled' ? result.value.expectHeld() : [])),
    );
    expect(held.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(first.expectHeld()).rejects.toThrow(FolderLocked);
  });

  test.each(['', '{'])('may say %j', async text => {
    await writeFile(lockPath(), text);
    const lock = await lockFolder(folder, { takeOver: true });
    await lock.expectHeld();
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a lock file', () => {
  let killed: string;
  beforeEach(async () => {
    killed ??= await killedLock();
  });

  const heldWith = async (changes: object) => {
    const lock = { ...JSON.parse(killed), ...changes };
    await writeFile(lockPath(), JSON.stringify(lock));
    return lock;
  };

  /** As if its last sign of life had been that long ago. */
  const silentFor = (seconds: number) => {
    const then = Date.now() / 1000 - seconds;
    return utimes(lockPath(), then, then);
  };

  describe.each([
    ['another host', { host: 'elsewhere', started: null }],
    ['a container', { namespace: 'pid:[1]' }],
    ['a container with a host name of its own', { host: 'box', namespace: 'pid:[1]' }],
  ])('of %s', (_, changes) => {
    test('is left alone while there are signs of life', async () => {
      const { pid, host, since } = await heldWith(changes);
      await silentFor(100);
      await expect(lockFolder(folder)).rejects.toThrow(
        new RegExp(
          `in use by process ${pid} on ${host} since ${since}. Wait until it ends, or stop it. Its last sign of life was ` +
            `(99|1\\d\\d) s ago; after 120 s it counts as ended. If you know that it has, remove ${lockPath()}$`,
        ),
      );
    });

    test('is replaced after two minutes of silence', async () => {
      await heldWith(changes);
      await silentFor(121);
      await (await lockFolder(folder)).release();
    });

    test('is judged by the clock of the file system, not by that of this machine', async () => {
      await heldWith(changes);
      vi.useFakeTimers({ now: Date.now() + 1e9, toFake: ['Date'] });
      try {
        await expect(lockFolder(folder)).rejects.toThrow(FolderLocked);
      } finally {
        vi.useRealTimers();
      }
    });
  });

  test('of another host that an earlier version wrote is left alone, for that gave no signs', async () => {
    const { pid, since } = await heldWith({ host: 'elsewhere', namespace: undefined });
    await silentFor(1e6);
    await expect(lockFolder(folder)).rejects.toThrow(
      `in use by process ${pid} on elsewhere since ${since}. Wait until it ends, or stop it. If it does not run any more, remove ${lockPath()}`,
    );
  });

  test('that an earlier version wrote here is replaced when its process has ended', async () => {
    await heldWith({ namespace: undefined });
    await (await lockFolder(folder)).release();
  });

  test.skipIf(process.platform !== 'linux')(
    'of before the machine was started anew is replaced',
    async () => {
      await heldWith({
        pid: process.pid,
        started: '00000000-0000-4000-8000-000000000000 5',
        namespace: 'pid:[1]',
      });
      await (await lockFolder(folder)).release();
    },
  );

  test.skipIf(process.platform !== 'linux')(
    'of this machine under another name is recognised by its process',
    async () => {
      await heldWith({ host: 'renamed' });
      await (await lockFolder(folder)).release();
    },
  );

  test('is touched every 15 seconds, but not that of another one', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const lock = await lockFolder(folder);
      await silentFor(1000);
      vi.advanceTimersByTime(15_000);
      await vi.waitFor(async () =>
        expect(Date.now() - (await stat(lockPath())).mtimeMs).toBeLessThan(500_000),
      );
      await lock.expectHeld();

      const taken = await lockFolder(folder, { takeOver: true });
      const [text, { mtimeMs }] = [await readFile(lockPath(), 'utf8'), await stat(lockPath())];
      await taken.release();
      await writeFile(lockPath(), text);
      await silentFor(1000);
      vi.advanceTimersByTime(15_000);
      await lock.release();
      expect(await readFile(lockPath(), 'utf8')).toBe(text);
      expect((await stat(lockPath())).mtimeMs).toBeLessThan(mtimeMs - 500_000);
    } finally {
      vi.useRealTimers();
    }
  });

  test.skipIf(process.platform !== 'linux')(
    'of a pid that another process has by now is replaced',
    async () => {
      await heldWith({ pid: process.pid });
      await (await lockFolder(folder)).release();
    },
  );

  test('of a living process whose start is not known is left alone', async () => {
    await heldWith({ pid: process.pid, started: null });
    await expect(lockFolder(folder)).rejects.toThrow(FolderLocked);
  });

  test.each(['', '{', 'null', '{"pid":1}', '{"id":"../../x","pid":1,"host":"a","started":null,"since":"b"}'])(
    'that says %j is left alone, and named',
    async text => {
      await writeFile(lockPath(), text);
      await expect(lockFolder(folder)).rejects.toThrow(
        `${folder} may be in use: expected ${lockPath()} to name a process, found ${JSON.stringify(text)}`,
      );
      expect(await readFile(lockPath(), 'utf8')).toBe(text);
    },
  );

  test('is replaced even if one was killed while replacing it, and nothing stays behind', async () => {
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => heldWith({ id: randomUUID() })));
    await writeFile(lockPath(), JSON.stringify(first));
    await writeFile(`${lockPath()}.${first.id}`, JSON.stringify(second));
    await writeFile(`${lockPath()}.${first.id}.${second.id}`, JSON.stringify(third));
    // Of a replacement that was done but for this.
    await writeFile(`${lockPath()}.00000000-0000-4000-8000-000000000000`, JSON.stringify(second));
    const lock = await lockFolder(folder);
    expect((await readLock()).pid).toBe(process.pid);
    expect(await readdir(folder)).toEqual(['.lock']);
    await lock.release();
  });
});
