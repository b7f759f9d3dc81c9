import { expect, it } from 'vitest';
import { builtPages, siteInChromium } from './site';

const site = siteInChromium();
const lessons = [...builtPages().keys()].filter(path => /^annotated\/(?!index)/.test(path));

it.each(lessons)(
  '%s has prose and code side by side where there is room, else in reading order',
  async path => {
    const page = await site.open(path);
    const boxes = () =>
      page.$$eval('.annotated .step', steps =>
        steps.map(step => {
          const [prose, code] = [...step.children].map(child => child.getBoundingClientRect());
          return {
            beside: prose!.right <= code!.left && prose!.top === code!.top,
            below: prose!.bottom <= code!.top,
          };
        }),
      );
    const wide = await boxes();
    expect(wide.length).toBeGreaterThan(0);
    expect(wide.filter(({ beside }) => !beside)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect((await boxes()).filter(({ below }) => !below)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  },
);
