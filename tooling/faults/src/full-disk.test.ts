import { rmSync, statfsSync } from 'node:fs';
import { times } from '@capsnet/testing/extent';
import { describe, expect, test } from 'vitest';
import { backends, demandBackend } from './backends';
import { count } from './counts';
import { mountDisk } from './disk';
import { temporaryFolder, training } from './training';

const plenty = 2 ** 16;

describe('a disk that fills up, and is then made larger', () => {
  test.for(backends)('%s', async (backend, context) => {
    await demandBackend(context, backend);
    const runs = temporaryFolder();
    const disk = mountDisk(context, runs, plenty);
    const { begin, resume, hasBegun, weights, pathOf } = training({ backend, runs, epochs: 1 });
    const before = usedKibibytes(runs);
    expect((await begin('undisturbed')).code).toBe(0);
    const needed = usedKibibytes(runs) - before;

    const disks = times({ full: 16, quick: 2 });
    let refused = 0;
    for (let i = 1; i <= disks; i++) {
      const name = `on-disk-${i}`;
      // From a few blocks, too few for the configuration, to all but what the last file needs.
      const room = Math.ceil(4 * (needed / 4) ** (i / (disks + 1)));
      disk.resize(usedKibibytes(runs) + room);
      const { code, stderr } = await begin(name);
      expect([code, stderr], `${room} KiB`).toEqual([
        expect.toBeOneOf([1, 2]),
        expect.stringMatching(/^capsnet: [^\n]+: no space left on the device[^\n]*\n$/),
      ]);
      refused++;
      disk.resize(plenty);
      expect(await (hasBegun(name) ? resume : begin)(name)).toMatchObject({ code: 0, stderr: '' });
      expect(weights(name).equals(weights('undisturbed')), `${room} KiB`).toBe(true);
      rmSync(pathOf(name), { recursive: true });
    }
    count(context, {
      'sizes of the disk': disks,
      'stopped with a clear error': refused,
      'ended with the bytes of an undisturbed run': refused,
    });
  });
});

function usedKibibytes(folder: string): number {
  const { blocks, bfree, bsize } = statfsSync(folder);
  return ((blocks - bfree) * bsize) / 1024;
}
