import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { curves } from '../src/curves/break-it.json';
import { siteInChromium } from './site';

const site = siteInChromium();

/** A figure on its page, once it has numbers. */
async function figureOf(page: Page, name: string) {
  const figure = page.locator(`[data-figure="${name}"]`);
  await figure.scrollIntoViewIfNeeded();
  await page.locator(`[data-figure="${name}"][data-ready="true"]`).waitFor();
  const read = async (value: string) =>
    (await figure.locator(`[data-value="${value}"]`).textContent())!.trim();
  return {
    figure,
    /** The numbers that the figure shows under this name. */
    async numbers(value: string): Promise<number[]> {
      return (await read(value)).split(',').map(Number);
    },
    async number(value: string): Promise<number> {
      return Number(await read(value));
    },
    /** Drags a handle by so many pixels, with the mouse, in two moves. */
    async drag(handle: string, right: number, down: number): Promise<void> {
      const circle = figure.locator(`[data-handle="${handle}"]`);
      await circle.scrollIntoViewIfNeeded();
      const box = (await circle.boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + right / 2, y + down / 2);
      await page.mouse.move(x + right, y + down);
      await page.mouse.up();
    },
  };
}

/** Numbers of the figure `name`, as the address states them. */
function stated(page: Page, name: string): number[] {
  return new URL(page.url()).searchParams.get(name)?.split(',').map(Number) ?? [];
}

const { exp, hypot, log2 } = Math;

/** The paper's equation 1, in plain numbers. */
function squashed(s: readonly number[]): number[] {
  const n = hypot(...s) ** 2;
  return s.map(value => ((n / (1 + n)) * value) / Math.sqrt(n));
}

describe('squash', () => {
  it('follows the vector that is dragged, and stands in the address', async () => {
    const page = await site.open('annotated/squash.html');
    const { drag, numbers, number } = await figureOf(page, 'squash');
    expect(await number('length-v')).toBeCloseTo(2.25 / 3.25, 3);
    await drag('s', 60, 25);
    const s = await numbers('s');
    expect(s[0]).toBeGreaterThan(1.5);
    expect(s[1]).toBeLessThan(0.8);
    const v = squashed(s);
    expect(await numbers('v')).toEqual(v.map(value => expect.closeTo(value, 2)));
    expect(await number('length-v')).toBeCloseTo(hypot(...v), 2);
    await expect.poll(() => stated(page, 'squash')).toEqual(s.map(value => expect.closeTo(value, 2)));
  });

  it('begins where the address says, and moves by the arrow keys', async () => {
    const page = await site.open('annotated/squash.html?squash=0.6,-0.8');
    const { figure, numbers, number } = await figureOf(page, 'squash');
    expect(await numbers('s')).toEqual([0.6, -0.8]);
    expect(await number('length-v')).toBeCloseTo(0.5, 3);
    await figure.locator('[data-handle="s"]').press('ArrowUp');
    expect(await numbers('s')).toEqual([0.6, -0.7]);
  });
});

describe('routing', () => {
  /** Procedure 1 for two parents in two dimensions, in plain numbers. */
  function routed(votes: number[], children: number, iterations: number) {
    const vote = (j: number, i: number) => votes.slice(2 * (j * children + i), 2 * (j * children + i) + 2);
    const logits = Array.from({ length: children }, () => [0, 0]);
    let couplings: number[][] = [];
    let capsules: number[][] = [];
    for (let t = 0; t < iterations; t++) {
      couplings = logits.map(([a = 0, b = 0]) => [exp(a) / (exp(a) + exp(b)), exp(b) / (exp(a) + exp(b))]);
      capsules = [0, 1].map(j =>
        squashed([0, 1].map(axis => couplings.reduce((sum, c, i) => sum + c[j]! * vote(j, i)[axis]!, 0))),
      );
      logits.forEach((row, i) => {
        for (const j of [0, 1])
          row[j]! += vote(j, i)[0]! * capsules[j]![0]! + vote(j, i)[1]! * capsules[j]![1]!;
      });
    }
    return { couplings, lengths: capsules.map(capsule => hypot(...capsule)) };
  }

  it('gives what procedure 1 gives for the votes that are dragged, in every number of iterations', async () => {
    const page = await site.open('annotated/dynamic-routing.html');
    const { figure, drag, number } = await figureOf(page, 'routing');
    const before = await number('coupling-4-A');
    await drag('vote of 4 for A', 120, -150);
    await expect.poll(() => stated(page, 'votes')).toHaveLength(16);
    const votes = stated(page, 'votes');
    for (const iterations of [1, 3, 10]) {
      await figure.getByLabel('iterations').fill(String(iterations));
      expect(await number('iterations')).toBe(iterations);
      const { couplings, lengths } = routed(votes, 4, iterations);
      for (let i = 0; i < 4; i++) {
        const [a = 0, b = 0] = couplings[i]!;
        expect(await number(`coupling-${i + 1}-A`)).toBeCloseTo(a, 2);
        expect(await number(`entropy-${i + 1}`)).toBeCloseTo(a && b ? -a * log2(a) - b * log2(b) : 0, 1);
      }
      expect(await number('length-A')).toBeCloseTo(lengths[0]!, 2);
      expect(await number('length-B')).toBeCloseTo(lengths[1]!, 2);
      expect(await number('uniform-A')).toBeCloseTo(routed(votes, 4, 1).lengths[0]!, 2);
    }
    // Child 4 came to the others' votes for A.
    await figure.getByLabel('iterations').fill('3');
    expect(await number('coupling-4-A')).toBeGreaterThan(before + 0.2);
  });
});

describe('margin loss', () => {
  it('follows lengths and classes', async () => {
    const page = await site.open('annotated/margin-loss.html');
    const { figure, drag, number } = await figureOf(page, 'margin');
    await drag('length 3', 0, -60);
    await figure.getByLabel('class 4 is present').check();
    await expect.poll(() => stated(page, 'present')).toEqual([0, 1, 0, 0, 1]);
    const lengths = stated(page, 'lengths');
    expect(lengths[3]).toBeGreaterThan(0.3);
    const losses = lengths.map((length, k) =>
      k === 1 || k === 4 ? Math.max(0, 0.9 - length) ** 2 : 0.5 * Math.max(0, length - 0.1) ** 2,
    );
    for (const [k, loss] of losses.entries()) expect(await number(`loss-${k}`)).toBeCloseTo(loss, 3);
    expect(await number('loss')).toBeCloseTo(
      losses.reduce((sum, loss) => sum + loss),
      3,
    );
  });
});

describe('parts and wholes', () => {
  it('sees the whole that the parts form, and loses it when one is dragged away', async () => {
    const page = await site.open('annotated/dynamic-routing.html');
    const { figure, drag, number } = await figureOf(page, 'parts');
    for (const [whole, other] of [
      ['house', 'boat'],
      ['boat', 'house'],
    ] as const) {
      await figure.getByRole('button', { name: `form a ${whole}` }).click();
      expect(await number(whole)).toBeGreaterThan(0.6);
      expect(await number(other)).toBeLessThan(0.3);
      expect(await number(`rectangle-${whole}`)).toBeGreaterThan(0.6);
    }
    const whole = await number('boat');
    await drag('turn the triangle', 150, 40);
    expect(await number('boat')).toBeLessThan(whole - 0.1);
  });
});

describe('a digit through the network', () => {
  it('shows one vote whose arithmetic adds up, for the child and the class that are chosen', async () => {
    const page = await site.open('annotated/mnist-model.html');
    const { figure, number, numbers } = await figureOf(page, 'digit');
    const lengths = async () => Promise.all([...Array(10).keys()].map(k => number(`length-${k}`)));
    const longest = (values: number[]) => values.indexOf(Math.max(...values));
    expect(longest(await lengths())).toBe(3);
    await figure.getByRole('button', { name: '7', exact: true }).click();
    await expect.poll(async () => longest(await lengths())).toBe(7);
    expect(await number('parent')).toBe(7);
    await figure.getByRole('button', { name: /^place 20:/ }).click();
    await expect.poll(() => number('child')).toBeGreaterThanOrEqual(20 * 4);
    const terms = await figure.locator('.arithmetic p').nth(2).textContent();
    const products = [...terms!.replaceAll('\u2212', '-').matchAll(/(-?[\d.]+)·(-?[\d.]+)/g)];
    const sum = products.reduce((sum, [, u, w]) => sum + Number(u) * Number(w), 0);
    expect(products).toHaveLength(8);
    expect(await number('vote-0')).toBeCloseTo(sum, 1);
    expect(await numbers('u')).toHaveLength(8);
    expect(stated(page, 'digit')).toEqual([7, await number('child'), 7]);
    expect(await figure.locator('[data-value="shape-children"]').textContent()).toBe('[144, 8]');
  });
});

describe('equivariance', () => {
  it('keeps the length of a digit that turns a little, and moves its numbers', async () => {
    const page = await site.open('annotated/mnist-model.html');
    const { figure, number, numbers } = await figureOf(page, 'equivariance');
    const upright = await numbers('numbers');
    expect(await number('length-now')).toBe(await number('length-before'));
    await figure.getByLabel('rotation').fill('12');
    await expect.poll(() => numbers('numbers')).not.toEqual(upright);
    const turned = await numbers('numbers');
    expect(Math.abs((await number('length-now')) - (await number('length-before')))).toBeLessThan(0.15);
    expect(await number('prediction')).toBe(4);
    expect(await number('length-now')).toBeCloseTo(hypot(...turned), 2);
    expect(hypot(...turned.map((value, m) => value - upright[m]!))).toBeGreaterThan(0.03);
    expect(stated(page, 'pose')).toEqual([4, 12, 0, 0, 0]);
    await figure.getByLabel('thickness').fill('1');
    await expect.poll(() => numbers('numbers')).not.toEqual(turned);
  });
});

describe('break it', () => {
  it('shows the means of what was measured, and hides a curve', async () => {
    const page = await site.open('guides/does-not-learn.html');
    const { figure, number } = await figureOf(page, 'break-it');
    for (const [k, { accuracy }] of curves.entries()) {
      const mean = accuracy.slice(-10).reduce((sum, value) => sum + value, 0) / 10;
      expect(await number(`last-${k}`)).toBeCloseTo(mean, 2);
    }
    await figure.getByRole('button', { name: 'loss' }).click();
    expect(await number('last-0')).toBeLessThan(await number('last-1'));
    expect(await figure.locator('.curve').count()).toBe(5);
    await figure.getByLabel('wrong reshape').uncheck();
    expect(await figure.locator('.curve').count()).toBe(4);
    expect(stated(page, 'curves')).toEqual([1, 1, 1, 1, 0]);
  });
});

it('a symbol that is pointed at lights up in formula, code and figure', async () => {
  const page = await site.open('annotated/dynamic-routing.html');
  await figureOf(page, 'routing');
  await page.locator('.formula [data-symbol="couplings"]').first().hover();
  await page.locator('.formula .lit').first().waitFor();
  await page.locator('.live-figure .lit').first().waitFor();
  const lit = await page.locator('.annotated .code .lit').allTextContents();
  expect(new Set(lit.map(text => text.trim()))).toEqual(new Set(['couplings']));
});

it('a figure is drawn just so when its page is reached by a link', async () => {
  const page = await site.open('annotated/margin-loss.html');
  await page.locator('.VPSidebar a', { hasText: 'Dynamic routing' }).click();
  await page.locator('[data-figure="routing"][data-ready="true"]').waitFor();
  // What Vue makes in another namespace is there, and not to be seen.
  const foreign = await page
    .locator('.live-figure svg *')
    .evaluateAll(all => all.filter(({ namespaceURI }) => !namespaceURI?.endsWith('svg')).length);
  expect(foreign).toBe(0);
});
