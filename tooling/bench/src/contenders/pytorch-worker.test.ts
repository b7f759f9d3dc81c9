// The scripts in PyTorch, where a bench has installed it. Elsewhere these tests are skipped, and others compare with what
// the scripts computed, in test/efficient-in-pytorch.json.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeSafetensors } from '@capsnet/safetensors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import inPyTorch from '../../test/efficient-in-pytorch.json' with { type: 'json' };
import { tinyConfigs } from '../../test/tiny-problem';
import { demandAgreement, type Findings, tolerance } from '../report/agreement';
import { encodeCourse, makeCourse } from './course';
import { ours } from './ours';
import { encodeProblem, makeProblem } from './problem';
import { pythonOf, pytorchFolder } from './pytorch';
import { type Command, startWorker, type Worker } from './worker';

const python = pythonOf(pytorchFolder());
const script = fileURLToPath(new URL('../../pytorch/worker.py', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'capsnet-bench-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function command(file: string, content: Uint8Array | string, ...options: string[]): Command {
  const path = join(folder, file);
  writeFileSync(path, content);
  return { program: python, args: ['-B', script, path, '--threads', '1', ...options] };
}

async function use<T>(command: Command, ask: (worker: Worker) => Promise<T>): Promise<T> {
  const worker = await startWorker(command);
  try {
    return await ask(worker);
  } finally {
    await worker.close();
  }
}

describe.skipIf(!existsSync(python))('PyTorch, which the bench installs', () => {
  test.each(['paper', 'efficient'] as const)(
    '%s: the script computes what the packages compute',
    async network => {
      const problem = makeProblem(network, 6, tinyConfigs[network]);
      const contender = await ours('cpu', problem);
      const { lengths, reconstructions } = contender.infer(6);
      const { labels, scores } = await contender.classify!(6);
      const losses = [await contender.train(6), await contender.train(6), await contender.train(6)];
      const mine = {
        losses,
        lengths: [...lengths],
        reconstruction: [...reconstructions.subarray(0, 12 * 11)],
      };

      const { theirs, classified, timed } = await use(
        command('problem.safetensors', encodeProblem(problem)),
        async worker => {
          const inferred = await worker.request({ do: 'infer', batch: 6, steps: 1 });
          const classified = await worker.request({ do: 'classify', batch: 6, steps: 1 });
          const timed = await worker.request({ do: 'train', batch: 6, steps: 3 });
          return { theirs: { ...inferred, losses: timed.losses } satisfies Findings, classified, timed };
        },
      );
      demandAgreement(['ours', mine], ['PyTorch', theirs]);
      expect(classified.labels).toEqual(labels);
      for (const [row, score] of scores.entries()) {
        expect(Math.abs(score - classified.scores[row]!)).toBeLessThan(tolerance.forward);
      }
      if (network === 'efficient') demandAgreement(['the file', inPyTorch], ['PyTorch', theirs]);
      if (process.platform === 'win32') return;
      expect(timed.processor!.user).toBeGreaterThan(0);
      expect(timed.peakBytes).toBeGreaterThan(1e7);
    },
  );

  test('learns the same course: losses, and accuracy on the validation split', async () => {
    const problem = makeProblem('paper', 1, tinyConfigs.paper);
    const set = {
      shape: [20, 12, 11],
      data: Uint8Array.from({ length: 20 * 132 }, (_, index) => (index * 31) % 256),
      labels: Uint8Array.from({ length: 20 }, (_, index) => index % 3),
    };
    const course = makeCourse(set, { epochs: 1, batch: 4, heldBack: 8 });
    const contender = await ours('cpu', problem, course);
    const losses: number[] = [];
    for (const _ of course.rates) losses.push(await contender.learn!());
    const path = join(folder, 'course.safetensors');
    writeFileSync(path, encodeCourse(course));
    const learner = command('problem.safetensors', encodeProblem(problem), '--course', path);
    const learnt = await use(learner, worker => worker.request({ do: 'learn', steps: course.rates.length }));
    for (const [step, loss] of losses.entries()) {
      expect(Math.abs(loss - learnt.losses[step]!) / loss).toBeLessThan(tolerance.trained);
    }
    expect(learnt.accuracy).toBe(await contender.accuracy!());
    const tooMany = use(learner, worker => worker.request({ do: 'learn', steps: course.rates.length + 1 }));
    await expect(tooMany).rejects.toThrow('expected steps from 1 to 3, found 4');
  });

  const tiny = () => makeProblem('paper', 6, tinyConfigs.paper);
  const withOther = (change: Partial<ReturnType<typeof tiny>>) => encodeProblem({ ...tiny(), ...change });
  test.each([
    ['no safetensors file', () => 'nonsense', 'expected a safetensors file'],
    ['a file cut off', () => encodeProblem(tiny()).slice(0, -8), 'the file is cut off'],
    [
      'doubles',
      () => encodeSafetensors({ a: { dtype: 'F64', shape: [], data: new Float64Array(1) } }),
      'found F64',
    ],
    ['no images', () => encodeSafetensors({}, {}), 'found no images, labels'],
    [
      'too few labels',
      () => withOther({ labels: new Int32Array(2) }),
      'expected images [n, height, width, channels] and labels [n], found [6, 12, 11, 1] and [2]',
    ],
    [
      'a weight that is missing',
      () => withOther({ weights: {} }),
      "expected 'conv1.weight' among the weights",
    ],
    [
      'a weight that nobody knows',
      () => withOther({ weights: { ...tiny().weights, odd: { shape: [1], data: new Float32Array(1) } } }),
      'Unexpected key(s) in state_dict: "odd"',
    ],
    [
      'another network',
      () =>
        encodeSafetensors(
          {
            images: { dtype: 'F32', shape: [1, 1, 1, 1], data: new Float32Array(1) },
            labels: { dtype: 'I32', shape: [1], data: new Int32Array(1) },
          },
          { network: 'odd' },
        ),
      'expected the network paper or efficient, found odd',
    ],
  ])('refuses %s', async (_, content, message) => {
    await expect(startWorker(command('odd.safetensors', content()))).rejects.toThrow(message);
  });

  test('refuses a file that is not there, and no threads', async () => {
    const args = ['-B', script, join(folder, 'none.safetensors'), '--threads'];
    await expect(startWorker({ program: python, args: [...args, '1'] })).rejects.toThrow(
      'none.safetensors, found No such file',
    );
    await expect(startWorker({ program: python, args: [...args, '0'] })).rejects.toThrow(
      'expected a number from 1, found 0',
    );
  });

  test('refuses requests that it cannot answer, and goes on', async () => {
    await use(command('problem.safetensors', encodeProblem(tiny())), async worker => {
      const odd = (request: object) =>
        worker.request(request as { do: 'train'; batch: number; steps: number });
      await expect(odd({ do: 'sleep' })).rejects.toThrow(
        'expected train, infer, classify or learn to do, found "sleep"',
      );
      await expect(odd({ do: 'train', batch: 7, steps: 1 })).rejects.toThrow(
        'expected batch from 1 to 6, found 7',
      );
      await expect(odd({ do: 'train', batch: 6, steps: 0 })).rejects.toThrow(
        'expected steps from 1, found 0',
      );
      await expect(odd({ do: 'learn', steps: 1 })).rejects.toThrow('start the worker with --course');
      expect((await worker.request({ do: 'train', batch: 6, steps: 1 })).losses).toHaveLength(1);
    });
  });
});
