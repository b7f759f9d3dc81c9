import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, start } from '@capsnet/testing/child-process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FolderLocked, lockFolder } from './node';

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
    const release = await lockFolder(folder);
    expect(await readLock()).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(lockFolder(folder)).rejects.toThrow(FolderLocked);
    await release();
    expect(await readdir(folder)).toEqual([]);
    const releaseAgain = await lockFolder(folder);
    await release();
    expect(await readdir(folder)).toEqual(['.lock']);
    await releaseAgain();
    expect(await readdir(folder)).toEqual([]);
  });

  test('lets one of many calls at the same time through', async () => {
    const held = await Promise.allSettled(Array.from({ length: 9 }, () => lockFolder(folder)));
    const [release, ...others] = held.filter(({ status }) => status === 'fulfilled');
    expect(others).toEqual([]);
    for (const { reason } of held.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(FolderLocked);
    }
    await (release as PromiseFulfilledResult<() => Promise<void>>).value();
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
    const release = await lockFolder(folder);
    expect((await readLock()).pid).toBe(process.pid);
    await release();
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

  test('of another host is left alone', async () => {
    const { pid, since } = await heldWith({ host: 'elsewhere' });
    await expect(lockFolder(folder)).rejects.toThrow(
      `in use by process ${pid} on elsewhere since ${since}. If it does not run any more, remove ${lockPath()}`,
    );
  });

  test.skipIf(process.platform !== 'linux')(
    'of a pid that another process has by now is replaced',
    async () => {
      await heldWith({ pid: process.pid });
      await (await lockFolder(folder))();
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
    const release = await lockFolder(folder);
    expect((await readLock()).pid).toBe(process.pid);
    expect(await readdir(folder)).toEqual(['.lock']);
    await release();
  });
});
