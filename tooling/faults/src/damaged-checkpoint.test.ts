import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNetwork } from '@capsnet/core';
import { times } from '@capsnet/testing/extent';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { DamagedCheckpoint } from '@capsnet/trainer';
import { folderStore } from '@capsnet/trainer/node';
import { describe, expect, test } from 'vitest';
import { backends, useBackend } from './backends';
import { count } from './counts';
import { trainHere, withNet } from './small-run';
import { temporaryFolder } from './training';

const epochs = 2;
/** Those of a run that ended after step 8 of 12. */
const kept = ['step-00000004', 'step-00000006', 'step-00000008'];
const [, previous, newest] = kept as [string, string, string];

describe('a damaged checkpoint', () => {
  test.for(backends)('%s', async (backend, context) => {
    await useBackend(context, backend);
    const undisturbed = await withNet(async net => {
      await trainHere(net, { epochs });
      return encodeNetwork(net);
    });
    const folder = temporaryFolder();
    const [written, damaged] = [join(folder, 'written'), join(folder, 'damaged')];
    await withNet(net =>
      trainHere(net, { epochs, maxSteps: 8, checkpointEvery: 2, store: folderStore(written) }),
    );
    expect(readdirSync(written)).toEqual(kept);

    const resumed = () =>
      withNet(async net => {
        const [start] = await trainHere(net, { epochs, store: folderStore(damaged), resume: true });
        return { start, weights: await encodeNetwork(net) };
      });
    const random = linearCongruential(11);
    const places = times({ full: 100, quick: 10 });
    for (const damage of [flipBit, truncate]) {
      for (let i = 0; i < places; i++) {
        cpSync(written, damaged, { recursive: true });
        const what = damage(join(damaged, newest), random);
        await expect(folderStore(damaged).read(newest), what).rejects.toThrow(DamagedCheckpoint);
        const { start, weights } = await resumed();
        expect(start, what).toMatchObject({ resumedFrom: previous, damaged: [{ name: newest }] });
        expect(Buffer.compare(weights, undisturbed), what).toBe(0);
        rmSync(damaged, { recursive: true });
      }
    }
    for (let i = 0; i < places / 10; i++) {
      cpSync(written, damaged, { recursive: true });
      for (const name of kept) (i % 2 === 0 ? flipBit : truncate)(join(damaged, name), random);
      await expect(resumed()).rejects.toThrow(DamagedCheckpoint);
      rmSync(damaged, { recursive: true });
    }
    count(context, {
      'bits flipped': places,
      truncations: places,
      'went on from the checkpoint before, to the same bytes': 2 * places,
      'refused because all were damaged': Math.ceil(places / 10),
    });
  });
});

/** @returns what was done */
function flipBit(checkpoint: string, random: () => number): string {
  const { file, bytes, at } = randomPlace(checkpoint, random);
  const bit = Math.floor(8 * random());
  bytes[at]! ^= 1 << bit;
  writeFileSync(file, bytes);
  return `${file}: bit ${bit} of byte ${at}`;
}

/** @returns what was done */
function truncate(checkpoint: string, random: () => number): string {
  const { file, bytes, at } = randomPlace(checkpoint, random);
  writeFileSync(file, bytes.subarray(0, at));
  return `${file}: cut off after ${at} bytes`;
}

/** Each byte of the checkpoint is as likely as any other. */
function randomPlace(checkpoint: string, random: () => number): { file: string; bytes: Buffer; at: number } {
  const files = readdirSync(checkpoint).map(name => join(checkpoint, name));
  const contents = files.map(file => readFileSync(file));
  let at = Math.floor(random() * contents.reduce((sum, { length }) => sum + length, 0));
  let index = 0;
  while (at >= contents[index]!.length) at -= contents[index++]!.length;
  return { file: files[index]!, bytes: contents[index]!, at };
}
