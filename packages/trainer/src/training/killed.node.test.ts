import { mkdir, mkdtemp, readdir, rm, watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, start } from '@capsnet/testing/child-process';
import { expect, inject, onTestFinished, test } from 'vitest';
import { contentsOf, disposeOf } from '../../test/checkpoints';
import { random } from '../../test/network';
import { folderStore } from '../node';

test('a run that is killed again and again has intact checkpoints, and ends as if it had never been', async ({
  skip,
}) => {
  skip(inject('backend') !== 'cpu', 'the processes train on cpu, so once is enough');
  const place = await mkdtemp(join(tmpdir(), 'capsnet-killed-'));
  const { script, remove } = await bundle(join(import.meta.dirname, '../../test/training-process.ts'));
  onTestFinished(async () => {
    await rm(place, { recursive: true, force: true });
    await remove();
  });
  const [folder, undisturbed] = [join(place, 'killed'), join(place, 'undisturbed')];
  await mkdir(folder);
  const numbers = random(7);
  let killedAmidWriting = 0;
  let reached = -1;
  let isOver = false;

  while (!isOver && killedAmidWriting < 3) {
    // Every change of the folder is a part of writing: something new, renamed or removed.
    const watching = new AbortController();
    const changes = watch(folder, { signal: watching.signal })[Symbol.asyncIterator]();
    const child = start(script, [folder]);
    child.process.once('exit', () => watching.abort());
    try {
      for (let count = 1 + Math.floor(numbers.next() * 12); count > 0; count--) await changes.next();
    } catch (error) {
      if (!watching.signal.aborted) throw error;
      isOver = true;
    }
    await child.kill();

    const listed = await folderStore(folder).list();
    for (const { name } of listed) disposeOf(await folderStore(folder).read(name));
    const step = listed.at(-1)?.step ?? -1;
    expect(step).toBeGreaterThanOrEqual(reached);
    reached = step;
    if ((await readdir(folder)).some(entry => entry.startsWith('.unfinished-'))) killedAmidWriting++;
  }
  // Each kill has an even chance or so, and there are several.
  expect(killedAmidWriting, 'kills that came amid writing').toBeGreaterThan(0);

  for (const path of [folder, undisturbed]) {
    const child = start(script, [path]);
    let last: string | undefined;
    for (let line = await child.nextLine(); line !== undefined; line = await child.nextLine()) last = line;
    expect(last).toBe('done');
  }
  expect((await readdir(folder)).sort()).toEqual((await readdir(undisturbed)).sort());
  for (const { name } of await folderStore(undisturbed).list()) {
    const [found, expected] = await Promise.all(
      [folder, undisturbed].map(path => folderStore(path).read(name)),
    );
    expect(await contentsOf(found!)).toEqual(await contentsOf(expected!));
    disposeOf(found!);
    disposeOf(expected!);
  }
});
