import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { barsRuns } from './bars-runs';
import { jsonLines, set } from './command-line';

const bars = barsRuns('prolonging');
const constant = set('training.learningRate.schedule=constant', 'training.learningRate.initial=0.003');
const copy = (from: string, to: string) =>
  cpSync(bars.at('runs', from), bars.at('runs', to), { recursive: true });
/** What it says on stdout, and of what has changed, on stderr. */
async function resume(name: string, ...args: string[]) {
  const { code, stdout, stderr } = await bars.run(['train', '--resume', '--name', name, ...args]);
  expect(code, stderr).toBe(0);
  return { stdout, stderr };
}
const steps = (name: string) =>
  bars.measured(name).flatMap(({ split, step, loss }) => (split === 'test' ? [] : [[split, step, loss]]));

beforeAll(async () => {
  await bars.train('short', ...constant, '--epochs', '2');
  await bars.train('long', ...constant, '--epochs', '4');
}, 300_000);

// On Windows a signal from another process is no more than a kill.
describe.skipIf(process.platform === 'win32')('a run that is made longer', () => {
  it('with a constant rate ends as one that was to be as long from the start, bit for bit', async () => {
    copy('short', 'made-longer');
    const { stderr } = await resume('made-longer', '--epochs', '4');
    expect(stderr).toBe('from 2 to 4 epochs: the learning rate stays 0.003\n');
    expect(bars.model('made-longer').equals(bars.model('long'))).toBe(true);
    expect(steps('made-longer')).toEqual(steps('long'));
    expect(bars.read('made-longer', 'results.json')).toMatchObject({
      epochs: 4,
      steps: 24,
      stopped: 'finished',
    });
    // What it had come to is kept.
    expect(bars.read('made-longer', 'results-step-12.json')).toEqual(bars.read('short', 'results.json'));
    expect(bars.read('made-longer', 'config.json').training.epochs).toBe(4);
    expect(bars.read('made-longer', 'sessions.json')[1].prolonged).toEqual({ epochs: 2, step: 12 });
  });

  it('with a rate that falls in steps too', async () => {
    const falling = set(
      ...['training.learningRate.schedule=step', 'training.learningRate.every=5'],
      'training.learningRate.factor=0.5',
    );
    await bars.train('stepwise', ...falling, '--epochs', '1');
    await resume('stepwise', '--epochs', '3');
    await bars.train('stepwise-long', ...falling, '--epochs', '3');
    expect(bars.model('stepwise').equals(bars.model('stepwise-long'))).toBe(true);
  });

  it('may be interrupted before and after', async () => {
    await bars.interrupted('twice', 8, ...constant, '--epochs', '2');
    let isStopped = false;
    const second = await bars.run(['train', '--resume', '--name', 'twice', '--epochs', '4', '--json'], {
      onLine(line, kill) {
        if (isStopped || JSON.parse(line).step !== 15) return;
        isStopped = true;
        kill('SIGINT');
      },
    });
    expect(second.code).toBe(130);
    await resume('twice');
    expect(bars.model('twice').equals(bars.model('long'))).toBe(true);
  });

  it('goes on when it was killed between its sessions and its configuration', async () => {
    copy('short', 'torn');
    // As a process leaves it that is killed there.
    const session = bars.read('torn', 'sessions.json')[0];
    const prolonged = {
      ...session,
      config: { ...session.config, training: { ...session.config.training, epochs: 4 } },
      prolonged: { epochs: 2, step: 12 },
    };
    writeFileSync(bars.at('runs/torn/sessions.json'), JSON.stringify([session, prolonged]));
    rmSync(bars.at('runs/torn/results.json'));
    await resume('torn');
    expect(bars.model('torn').equals(bars.model('long'))).toBe(true);
    expect(bars.read('torn', 'config.json').training.epochs).toBe(4);
  });

  it('along a cosine goes on with the rates of the whole', async () => {
    await bars.train('cosine', '--epochs', '2');
    const said = jsonLines((await resume('cosine', '--epochs', '4', '--json')).stdout);
    const { learningRate } = said.find(({ type }) => type === 'prolonged') as { learningRate: string };
    const rates = bars.measured('cosine').flatMap(({ learningRate }) => learningRate ?? []);
    // From 1e-3 to 1e-5 over 24 steps, of which the twelfth is the first of the new ones.
    const expected = (step: number, all: number) =>
      1e-5 + ((1e-3 - 1e-5) / 2) * (1 + Math.cos((Math.PI * step) / (all - 1)));
    expect(rates).toHaveLength(24);
    rates.forEach((rate, step) => {
      expect(rate).toBeCloseTo(step < 12 ? expected(step, 12) : expected(step, 24), 12);
    });
    expect(learningRate).toBe(
      `the learning rate, which was ${Number(rates[11]!.toPrecision(3))}, goes on from ` +
        `${Number(rates[12]!.toPrecision(3))}: it falls along a cosine over all 4 epochs`,
    );
  });

  it('that had stopped early gets its patience back', async () => {
    const patient = [...constant, ...set('training.patience=1', 'training.learningRate.initial=0.3')];
    await bars.train('impatient', ...patient, '--epochs', '20');
    const before = bars.read('impatient', 'results.json');
    expect(before.stopped).toBe('early');
    await resume('impatient', '--epochs', '40');
    expect(bars.read('impatient', 'results.json').steps).toBeGreaterThan(before.steps);
  });

  it('is refused with a reason', async () => {
    const refused = (name: string, ...args: string[]) =>
      bars.refused('train', '--resume', '--name', name, ...args);
    expect(await refused('long', '--epochs', '3')).toBe(
      'capsnet: --epochs 3: runs/long is to train for 4 epochs, and a run is not shortened: its learning rates were those of 4. ' +
        'capsnet train --finish long ends it where it is\n',
    );
    expect(await refused('long', '--epochs', '4')).toContain(
      'runs/long is finished: expected more epochs than 4',
    );
    expect(await refused('long')).toContain('runs/long is finished');
    expect(await refused('long', '--epochs', '5', ...set('training.clipNorm=1'))).toContain(
      'runs/long has training.clipNorm null, found 1',
    );
    copy('long', 'pruned');
    rmSync(bars.at('runs/pruned/checkpoints'), { recursive: true });
    expect(await refused('pruned', '--epochs', '5')).toContain(
      'expected a checkpoint in runs/pruned/checkpoints',
    );
    expect(existsSync(bars.at('runs/pruned/results.json'))).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('capsnet train --finish', () => {
  it('ends an interrupted run with its best weights, and says where', async () => {
    const last = await bars.interrupted('ended', 14, ...constant, '--epochs', '9');
    const before = bars.measured('ended');
    const said = await bars.done('train', '--finish', 'ended');
    const epochs = Math.ceil(last / 6);
    expect(said).toContain(`ending runs/ended after step ${last}:`);
    expect(said).toMatch(new RegExp(`ended +in epoch ${epochs} of 9, by --finish\n`));
    // Among them the one that it owed, if it was interrupted within a validation.
    const validations = bars.measured('ended').filter(({ split }) => split === 'validation');
    const best = validations.reduce((best, each) => (each.loss < best.loss ? each : best));
    const results = bars.read('ended', 'results.json');
    expect(results).toMatchObject({
      stopped: 'by-user',
      epochs,
      steps: last,
      planned: 9,
      validation: { step: best.step },
    });
    // No step was trained, and the weights are those of the best validation.
    expect(bars.measured('ended').slice(0, before.length)).toEqual(before);
    expect(bars.measured('ended').filter(({ split }) => split === 'train')).toHaveLength(last);
    const [name] = readdirSync(bars.at('runs/ended/checkpoints')).filter(entry => entry.startsWith('best'));
    expect(name).toBe(`best-${String(best.step).padStart(8, '0')}`);
    const json = JSON.parse(
      await bars.done('evaluate', '--run', 'ended', '--split', 'validation', '--backend', 'wasm', '--json'),
    );
    expect(json.loss).toBeCloseTo(best.loss, 6);
    expect(await bars.done('runs')).toMatch(new RegExp(`^ended +finished .* ${epochs}/9 `, 'm'));
  });

  it('does not keep a run from being trained to its end later', async () => {
    await bars.interrupted('later', 9, ...constant, '--epochs', '4');
    await bars.done('train', '--finish', 'later');
    await resume('later', '--epochs', '4');
    expect(bars.model('later').equals(bars.model('long'))).toBe(true);
  });

  it('says what it cannot end', async () => {
    const finish = (...args: string[]) => bars.refused('train', '--finish', ...args);
    expect(await finish('long')).toContain('runs/long is finished');
    expect(await finish('none')).toContain('no run none in runs');
    expect(await finish('ended', '--epochs', '3')).toContain('cannot be used with option');
    copy('long', 'empty');
    for (const entry of ['checkpoints', 'results.json', 'metrics.jsonl', 'metrics.csv'])
      rmSync(bars.at('runs/empty', entry), { recursive: true });
    expect(await finish('empty')).toContain(
      '--finish: expected a checkpoint in runs/empty/checkpoints, found none',
    );
  });
});
