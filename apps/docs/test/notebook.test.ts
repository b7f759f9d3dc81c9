import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { siteInChromium } from './site';

const site = siteInChromium();

it('trains in the page, cell by cell', async () => {
  const page = await site.open('notebook.html');
  const notebook = page.locator('[data-figure="notebook"]');
  const shown = async (cell: string) =>
    (await notebook.locator(`[data-value="${cell}"]`).textContent())!.trim();
  const run = async (title: string, cell: string) => {
    await notebook.getByRole('button', { name: title }).click();
    await expect.poll(() => shown(cell), { timeout: 240_000 }).not.toBe('');
    const found = await shown(cell);
    expect(found).not.toMatch(/^failed/);
    return found;
  };
  expect(await run('1. Choose a backend', 'backend')).toMatch(/ on /);
  expect(await run('2. Read the digits', 'digits')).toBe('2000 to train on, 500 to test with');
  expect(await run('3. Build the network', 'network')).toMatch(/^[\d,]+ parameters$/);
  const untrained = await run('4. Test it untrained', 'before');
  expect(untrained).toMatch(/% of 500 digits/);
  await notebook.getByRole('button', { name: '5. Train it' }).click();
  await notebook.locator('[data-value="step"]').waitFor();
  const first = Number(await shown('loss'));
  // Of the 120 steps most: from one batch to the next the loss goes up as well as down.
  await expect.poll(async () => Number(await shown('step')), { timeout: 240_000 }).toBeGreaterThan(100);
  expect(Number(await shown('loss'))).toBeLessThan(first);
  await expect.poll(() => shown('training'), { timeout: 240_000 }).toBe('120 steps');
  const correct = (text: string) => Number.parseFloat(text);
  expect(correct(await run('6. Test it again', 'after'))).toBeGreaterThan(correct(untrained) + 30);
  await run('7. Change a capsule', 'perturb');
  expect(await notebook.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.width)).toBe(
    11 * 28,
  );
});

it('the same cells run in Node, as the example that the page offers', async () => {
  const folder = fileURLToPath(new URL('../example', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['main.js', '1'], { cwd: folder });
  const tested = [...stdout.matchAll(/^([\d.]+)% of 500 digits are right/gm)].map(([, part]) => Number(part));
  expect(tested).toHaveLength(2);
  expect(tested[1]).toBeGreaterThan(tested[0]! + 20);
  expect(stdout).toContain('a sheet of 308 x 448 pixels');
});
