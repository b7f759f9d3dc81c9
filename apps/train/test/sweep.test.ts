import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isFull } from '@capsnet/testing/extent';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { idx } from './bars';
import { barsSweeps, type JournalLine } from './bars-sweeps';
import { capsnet, type Finished, jsonLines } from './command-line';
import { missingRedis, type RedisServer, startRedis } from './redis-server';
import { endWorkers, startWorker } from './worker-process';

const bars = barsSweeps();
afterAll(bars.remove);

interface Standing {
  readonly rank: number | null;
  readonly trial: number;
  readonly run: string;
  readonly error?: number;
  readonly loss?: number;
  readonly images: number;
  readonly steps: number;
  readonly state: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const standings = ({ stdout }: Finished) =>
  jsonLines(stdout).at(-1) as { trials: Standing[]; images: number };
const decisions = (journal: readonly JournalLine[]) =>
  journal.filter(({ type }) => type === 'begin').map(({ trial, level }) => `${trial} to ${level}`);

/** What each run directory of a sweep ends with. */
function ends(name: string, runs = 'runs'): Record<string, string> {
  return Object.fromEntries(
    readdirSync(bars.at(runs))
      .filter(run => run.startsWith(`${name}-`) && existsSync(bars.at(`${runs}/${run}/model.safetensors`)))
      .map(run => [run.slice(name.length), bars.model(run, runs).toString('base64')]),
  );
}

/** The sweep that nobody disturbs. */
let alone: Standing[];
let journal: JournalLine[];
beforeAll(async () => {
  const finished = await bars.sweep([bars.write('alone'), '--json']);
  expect([finished.code, finished.stderr]).toEqual([0, '']);
  alone = standings(finished).trials;
  journal = bars.journal('alone');
});

describe('a sweep', () => {
  it('halves its configurations by their error on the validation images', () => {
    const best = alone[0]!;
    expect(alone).toHaveLength(6);
    expect(alone.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(alone.filter(({ state }) => state === 'finished').length).toBeGreaterThan(0);
    expect(best).toMatchObject({ state: 'finished', steps: 64, images: 1024 });
    for (const { state, steps } of alone) {
      expect([`${state} ${steps}`]).toContain(
        state === 'finished' ? 'finished 64' : `stopped at ${steps === 16 ? '1 epoch 16' : '2 epochs 32'}`,
      );
    }
    // The metrics of the runs say the same.
    for (const { run, error, loss, steps } of alone) {
      const validations = bars.metrics(run).filter(({ split }) => split === 'validation');
      expect(validations.at(-1)!.step).toBe(steps);
      const lowest = validations.reduce((a, b) => ((b.loss as number) < (a.loss as number) ? b : a));
      expect([loss, error]).toEqual([lowest.loss, expect.closeTo(1 - (lowest.accuracy as number), 5)]);
      expect(64 * error!).toBe(Math.round(64 * error!));
    }
  });

  it('pauses and promotes a training into the bytes of one that was never paused', async () => {
    const { run } = alone[0]!;
    const config = JSON.parse(readFileSync(bars.at(`runs/${run}/config.json`), 'utf8'));
    expect(config.training.epochs).toBe(4);
    const args = ['train', '--config', `runs/${run}/config.json`, '--name', 'whole', '--runs', 'others'];
    expect((await capsnet([...args, '--backend', 'wasm'], { cwd: bars.folder })).code).toBe(0);
    expect(bars.model('whole', 'others').equals(bars.model(run))).toBe(true);
    const untested = bars.metrics('whole', 'others').filter(({ split }) => split !== 'test');
    expect(bars.metrics(run)).toEqual(untested);
    // Three processes have trained it.
    expect(JSON.parse(readFileSync(bars.at(`runs/${run}/sessions.json`), 'utf8'))).toHaveLength(3);
  });

  it('leaves the test images alone, until the best is tested by hand', async () => {
    const { run, error } = alone[0]!;
    for (const each of readdirSync(bars.at('runs')).filter(name => name.startsWith('alone-'))) {
      expect(readdirSync(bars.at(`runs/${each}`))).not.toContain('results.json');
      expect(readdirSync(bars.at(`runs/${each}`))).not.toContain('test-scores.safetensors');
    }
    const other = '--runs copied'.split(' ');
    renameSync(bars.at('runs'), bars.at('copied'));
    onTestFinished(() => renameSync(bars.at('copied'), bars.at('runs')));
    const model = bars.model(run, 'copied');
    const said = await capsnet(
      ['train', '--resume', '--name', run, ...other, '--backend', 'wasm', '--json'],
      {
        cwd: bars.folder,
      },
    );
    expect(said.code).toBe(0);
    const results = jsonLines(said.stdout).find(({ type }) => type === 'results') as unknown as {
      validation: { accuracy: number };
    };
    expect(1 - results.validation.accuracy).toBeCloseTo(error!, 5);
    expect(bars.model(run, 'copied').equals(model)).toBe(true);
    expect(jsonLines(said.stdout).some(({ type }) => type === 'step')).toBe(false);
  });

  it('decides the same again, whatever the test images are', async () => {
    const folder = bars.at('nonsense');
    cpSync(bars.at('bars'), folder, { recursive: true });
    // As many as before, of which every one is black, and called the same.
    writeFileSync(`${folder}/t10k-images-idx3-ubyte`, idx([96, 12, 12], Buffer.alloc(96 * 144)));
    writeFileSync(`${folder}/t10k-labels-idx1-ubyte`, idx([96], Buffer.alloc(96)));
    const file = bars.write('again', {}, { data: { folder: 'nonsense' } });
    const { code } = await bars.sweep([file]);
    expect(code).toBe(0);
    expect(bars.journal('again').slice(1)).toEqual(journal.slice(1));
    expect(ends('again')).toEqual(ends('alone'));
  });

  it('says nothing new when it is called again', async () => {
    const before = readFileSync(bars.at('runs/alone/journal.jsonl'));
    const again = await bars.sweep(['sweeps/alone.json', '--json']);
    expect(again.code).toBe(0);
    expect(standings(again).trials).toEqual(alone);
    expect(readFileSync(bars.at('runs/alone/journal.jsonl'))).toEqual(before);
  });

  it('prints a table', async () => {
    const { stdout } = await bars.sweep(['sweeps/alone.json']);
    const [best] = alone;
    expect(stdout).toMatch(
      /^\nBars\n\n {3}run +initial +iterations +error +images +state\n1 {2}alone-\d{3} /,
    );
    expect(stdout).toContain(`capsnet train --resume --name ${best!.run}\n`);
    expect(stdout.match(/^\d {2}alone-\d{3} .*(finished|stopped at \d epochs?)$/gm)).toHaveLength(6);
  });
});

describe('a sweep that is interrupted', () => {
  it('goes on where it was, and trains nothing twice', async () => {
    const file = bars.write('cut');
    const seen: string[] = [];
    const stopAt = async (signal: NodeJS.Signals, isNow: (event: Record<string, unknown>) => boolean) => {
      let isStopped = false;
      return bars.sweep([file, '--json'], {
        onLine(line, kill) {
          const event = JSON.parse(line);
          if (event.type === 'progress') seen.push(`${event.trial} ${event.step}`);
          if (!isStopped && isNow(event)) {
            isStopped = true;
            kill(signal);
          }
        },
      });
    };
    const first = await stopAt(
      'SIGINT',
      ({ type, trial, step }) => type === 'progress' && trial === 1 && step === 5,
    );
    expect(first.code).toBe(130);
    expect(jsonLines(first.stdout).at(-1)).toMatchObject({ type: 'interrupted' });
    // As it begins to promote one
    const second = await stopAt('SIGTERM', ({ type, level }) => type === 'begun' && level === 1);
    expect(second.code).toBe(143);
    const third = await bars.sweep([file, '--json'], {
      onLine: line => {
        const event = JSON.parse(line);
        if (event.type === 'progress') seen.push(`${event.trial} ${event.step}`);
      },
    });
    expect([third.code, third.stderr]).toEqual([0, '']);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(alone.reduce((sum, { steps }) => sum + steps, 0));
    expect(bars.journal('cut').slice(1)).toEqual(journal.slice(1));
    expect(ends('cut')).toEqual(ends('alone'));
  });

  // At random moments it is a part of npm run test:faults.
  it.runIf(isFull)('after its process was killed goes on with what the journal has', async () => {
    const file = bars.write('killed');
    let deaths = 0;
    for (;;) {
      let ended = 0;
      const found = await bars.sweep([file, '--json'], {
        onLine(line, kill) {
          const { type } = JSON.parse(line);
          if (type === 'ended') ended++;
          if (type === 'begun' && ended === 2) kill('SIGKILL');
        },
      });
      if (found.signal === null) {
        expect(found.code).toBe(0);
        break;
      }
      deaths++;
      // What it has left finishes its step, and lets the run go.
      await vi.waitFor(
        () => {
          const locked = readdirSync(bars.at('runs'))
            .filter(run => run.startsWith('killed-'))
            .filter(run => existsSync(bars.at(`runs/${run}/.lock`)));
          expect(locked).toEqual([]);
        },
        { timeout: 60_000 },
      );
    }
    expect(deaths).toBeGreaterThan(2);
    expect(bars.journal('killed').slice(1)).toEqual(journal.slice(1));
    expect(ends('killed')).toEqual(ends('alone'));
  });
});

describe('several trainings at a time', () => {
  it('by processes of this machine', async () => {
    const found = await bars.sweep([bars.write('together'), '--workers', '2', '--json']);
    expect([found.code, found.stderr]).toEqual([0, '']);
    const together = bars.journal('together');
    expect(new Set(decisions(together)).size).toBe(decisions(together).length);
    expect(standings(found).trials[0]!.state).toBe('finished');
    // What both have trained to the end, they have trained to the same.
    const [one, two] = [ends('alone'), ends('together')];
    for (const run of Object.keys(one).filter(run => run in two)) expect(two[run]).toBe(one[run]);
  });

  describe('by workers of a queue', () => {
    let redis: RedisServer;
    beforeAll(async () => {
      if (!missingRedis) redis = await startRedis();
    });
    afterAll(async () => {
      endWorkers();
      await redis?.remove();
    });

    it('of which one is killed at a promotion: one after the other they decide as one process', async ({
      task,
      skip,
    }) => {
      if (missingRedis) {
        task.meta.missing = missingRedis;
        skip(missingRedis);
      }
      const file = bars.write('queued');
      let worker = startWorker(bars.folder, redis.url);
      let isKilled = false;
      const found = await bars.sweep([file, '--queue', redis.url, '--json'], {
        onLine(line) {
          const { type, level } = JSON.parse(line);
          if (isKilled || type !== 'begun' || level !== 1) return;
          isKilled = true;
          worker.kill('SIGKILL');
          worker = startWorker(bars.folder, redis.url);
        },
      });
      expect([found.code, isKilled]).toEqual([0, true]);
      expect(bars.journal('queued').slice(1)).toEqual(journal.slice(1));
      expect(ends('queued')).toEqual(ends('alone'));
    });
  });
});

describe('a configuration that cannot succeed', () => {
  it('is named with its reason, and keeps none of the others from their end', async () => {
    const file = bars.write('bad', {
      space: {
        'training.learningRate.initial': { values: [0.003, 1e30] },
        'model.primary.kernelSize': { values: [3, 13] },
        'training.batchSize': { values: [16, 1000] },
      },
      sampler: 'grid',
      configurations: undefined,
      budget: { epochs: 2 },
      asha: { reduction: 2, rungs: [1] },
    });
    const found = await bars.sweep([file, '--json']);
    expect(found.code).toBe(0);
    const { trials } = standings(found);
    expect(trials.map(({ rank }) => rank)).toEqual([1, ...Array.from({ length: 7 }, () => null)]);
    expect(trials[0]).toMatchObject({
      state: 'finished',
      values: {
        'training.learningRate.initial': 0.003,
        'model.primary.kernelSize': 3,
        'training.batchSize': 16,
      },
    });
    const reasons = trials.slice(1).map(({ state }) => state.slice(0, state.indexOf(':')));
    expect(reasons.sort()).toEqual(['diverged', ...Array.from({ length: 6 }, () => 'invalid')]);
    const diverged = trials.find(({ state }) => state.startsWith('diverged'))!;
    expect(diverged.state).toMatch(/^diverged: .* is (NaN|Infinity) at step \d+ \(epoch 1\)$/);
    expect(trials.find(({ values }) => values['training.batchSize'] === 1000)!.state).toMatch(/256/);
  });
});

describe('what a user gets wrong', () => {
  const space = { 'training.learningRate.initial': { values: [0.001, 0.01] } };
  it.each<[string, Record<string, unknown>, string]>([
    [
      'a misspelt key',
      { space: { 'model.routing.itrations': { integer: [1, 9] } } },
      'did you mean model.routing.iterations?',
    ],
    ['a misspelt setting', { settings: { trainng: {} } }, 'did you mean training?'],
    ['a misspelt part', { spaces: {} }, 'unknown key spaces: did you mean space?'],
    ['no space', { space: {} }, 'space: expected at least one key of the configuration, found none'],
    ['no values', { space: { 'data.shift': { values: [] } } }, 'expected at least one value, found none'],
    [
      'other images',
      { space: { 'data.limit': { values: [10, 20] } } },
      'errors on different images cannot be compared',
    ],
    [
      'all of the data',
      { space: { data: { values: [{}, { shift: 1 }] } } },
      'space.data: expected a key without data.set',
    ],
    [
      'another budget',
      { space: { 'training.epochs': { values: [1, 2] } } },
      '"budget" says how long a training is',
    ],
    [
      'another seed of the split',
      { space: { 'training.seed': { values: [1, 2] } } },
      'errors on different images',
    ],
    ['no validation', { settings: { data: { all: true } } }, 'settings.data.all: expected false'],
    [
      'epochs in the settings',
      { settings: { training: { epochs: 3 } } },
      'settings.training.epochs: expected none',
    ],
    [
      'two budgets',
      { budget: { epochs: 1, images: 1 } },
      'budget: expected { "epochs": n } or { "images": n }',
    ],
    ['a rung at the end', { asha: { rungs: [1, 4] } }, 'stay below the budget of 4, found 4 after 1'],
    ['rungs that fall', { asha: { rungs: [2, 1] } }, 'expected numbers that grow'],
    [
      'a grid of ranges',
      { sampler: 'grid', configurations: undefined },
      'expected values or integer with the sampler grid',
    ],
    ['a part of a grid', { sampler: 'grid', space }, 'configurations: expected none with the sampler grid'],
    ['too many', { configurations: 10_001 }, 'configurations: expected at most 10000, found 10001'],
    [
      'more than there are',
      { space, configurations: 3 },
      'expected at most 2, for the space has no more, found 3',
    ],
    [
      'a value that no network has',
      { space: { 'model.classDim': { values: [0, -1] } }, configurations: 1 },
      'model.classDim: expected',
    ],
  ])('%s', async (_, changes, message) => {
    const { code, stderr } = await bars.sweep([bars.write('wrong', changes)]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).toMatch(/^capsnet: sweeps\/wrong\.json: [^\n]+\n$/);
    expect(existsSync(bars.at('runs/wrong'))).toBe(false);
  });

  it('a file that was changed since', async () => {
    bars.write('alone', { budget: { epochs: 5 } });
    const { code, stderr } = await bars.sweep(['sweeps/alone.json']);
    expect([code, stderr]).toEqual([
      2,
      'capsnet: runs/alone was begun with budget.epochs 4, and sweeps/alone.json now says 5: ' +
        'give the changed sweep a file of its own, or remove that folder and its runs\n',
    ]);
    // What only people read may change.
    bars.write('alone', { title: 'Other words', note: 'and more' });
    expect((await bars.sweep(['sweeps/alone.json'])).code).toBe(0);
  });

  it('images that were changed since', async () => {
    const file = bars.at('bars/train-labels-idx1-ubyte');
    const before = readFileSync(file);
    const labels = Buffer.from(before);
    labels[8] = (labels[8]! + 1) % 3;
    writeFileSync(file, labels);
    onTestFinished(() => writeFileSync(file, before));
    const { code, stderr } = await bars.sweep([bars.write('alone')]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('runs/alone was begun on other training images'),
    ]);
  });

  it('a journal that was changed', async () => {
    const file = bars.at('runs/alone/journal.jsonl');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace(/"error":0\.\d+/, '"error":0.001'));
    onTestFinished(() => writeFileSync(file, before));
    const { code, stderr } = await bars.sweep([bars.write('alone')]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('journal.jsonl: line 3: expected it as it was written'),
    ]);
  });

  it('the same sweep twice at a time', async () => {
    const file = bars.write('twice');
    let other: Promise<Finished> | undefined;
    const first = await bars.sweep([file, '--json'], {
      onLine(line, kill) {
        if (JSON.parse(line).type === 'begun') other ??= bars.sweep([file]).finally(() => kill('SIGTERM'));
      },
    });
    expect(first.code).toBe(143);
    const { code, stderr } = await other!;
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^capsnet: runs\/twice is in use by process \d+/),
    ]);
  });

  it('the name of a run', async () => {
    const { code, stderr } = await bars.sweep([bars.write('alone-000')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('runs/alone-000 is a run of its own')]);
  });
});
