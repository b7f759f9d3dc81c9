import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCards } from '@capsnet/pretrained';
import { PNG } from 'pngjs';
import { afterAll, expect, it } from 'vitest';
import { capsnet, jsonLines } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-pretrained-'));
afterAll(() => rmSync(folder, { recursive: true }));

const efficient = ['--pretrained', 'efficient-capsnet-mnist', '--backend', 'wasm', '--json'];

it('measures a published network on test images, where there are no runs', async () => {
  const { stdout, stderr, code } = await capsnet(['evaluate', ...efficient, '--limit', '200'], {
    cwd: folder,
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const [result] = jsonLines(stdout);
  expect(result).toMatchObject({ model: 'efficient-capsnet-mnist', split: 'test', images: 200 });
  expect(result!.error).toBeLessThanOrEqual(0.01);
});

it('draws what the decoder of a published network makes of test images', async () => {
  const { code } = await capsnet(['reconstruct', ...efficient, '--count', '3'], { cwd: folder });
  expect(code).toBe(0);
  expect(existsSync(join(folder, 'reconstructions.png'))).toBe(true);
});

it.each([
  [['--pretrained', 'capsnet-mnsit'], 'Allowed choices are capsnet-mnist, '],
  [['--pretrained', 'capsnet-mnist', '--run', 'night'], 'cannot be used with option'],
  [['--pretrained', 'capsnet-mnist', '--model', 'a.safetensors'], 'cannot be used with option'],
])('refuses %s', async (args, message) => {
  const { stderr, code } = await capsnet(['reconstruct', ...args], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

/** A picture of a one, with gray values of ink and paper, which may be transparent. */
function drawOne(
  name: string,
  { ink, paper, alpha = 255 }: { ink: number; paper: number; alpha?: number },
): string {
  const picture = new PNG({ width: 28, height: 28 });
  for (let at = 0; at < 28 * 28; at++) {
    const [row, column] = [Math.floor(at / 28), at % 28];
    const isInk = row > 4 && row < 23 && column > 12 && column < 16;
    picture.data.set(isInk ? [ink, ink, ink, 255] : [paper, paper, paper, alpha], 4 * at);
  }
  writeFileSync(join(folder, name), PNG.sync.write(picture));
  return name;
}

it('notes beside a picture what makes its prediction doubtful, in JSON too', async () => {
  const files = [
    drawOne('one.png', { ink: 255, paper: 0 }),
    drawOne('empty.png', { ink: 0, paper: 0 }),
    drawOne('pale.png', { ink: 80, paper: 0 }),
    drawOne('ink-on-paper.png', { ink: 0, paper: 255 }),
    drawOne('pencil-on-gray.png', { ink: 85, paper: 120 }),
    drawOne('ink-on-clear.png', { ink: 0, paper: 0, alpha: 0 }),
  ];
  const args = ['predict', ...efficient, ...files];
  const { stdout, code } = await capsnet(args, { cwd: folder });
  expect(code).toBe(0);
  const { predictions, sure, usualReconstructionError } = jsonLines(stdout)[0] as {
    sure: number;
    usualReconstructionError: number;
    predictions: { class: number; notes: string[]; scores: number[]; reconstructionError: number }[];
  };
  const first = predictions.map(({ notes }) => notes.filter(note => note !== 'unsure'));
  expect(first).toEqual([
    [],
    ['no-contrast'],
    ['low-contrast'],
    ['bright-border'],
    ['bright-border'],
    ['bright-border'],
  ]);
  expect(predictions[0]!.class).toBe(1);
  for (const { notes, scores, reconstructionError } of predictions)
    expect(notes.includes('unsure')).toBe(
      Math.max(...scores) < sure || reconstructionError > usualReconstructionError,
    );
  const { validation } = modelCards['efficient-capsnet-mnist'];
  expect([sure, usualReconstructionError]).toEqual([
    validation.usualScore,
    validation.usualReconstructionError,
  ]);
  expect(predictions.filter(({ notes }) => notes.includes('unsure')).length).toBeGreaterThan(1);

  const { stderr } = await capsnet(
    args.filter(arg => arg !== '--json'),
    { cwd: folder },
  );
  expect(stderr).toContain(
    `empty.png is none of the classes for sure: no score reaches ${sure.toFixed(3)}\n`,
  );
  expect(stderr).toContain('empty.png has no contrast, all of it is equally bright: is it empty?');
  expect(stderr).toContain('ink-on-clear.png has a bright border: for dark ink on white paper, add --invert');

  const inverted = await capsnet(['predict', ...efficient, '--invert', ...files], { cwd: folder });
  const found = (jsonLines(inverted.stdout)[0] as { predictions: typeof predictions }).predictions;
  expect(found.map(({ notes }) => notes[0])).toEqual([
    'inverted-bright-border',
    'no-contrast',
    'inverted-bright-border',
    undefined,
    'inverted-bright-border',
    undefined,
  ]);
  expect([found[3]!.class, found[5]!.class]).toEqual([1, 1]);
});
