import { expect, test } from 'vitest';
import { onDemoPage } from './page';

const demo = onDemoPage();

test('every panel leads to its page of the tutorial', async () => {
  const { page } = demo;
  const links = await page
    .locator('.explanation a[href^="../"]')
    .evaluateAll(all =>
      all.map(link => ({ title: link.textContent, url: (link as HTMLAnchorElement).href })),
    );
  expect(links).toHaveLength(await page.locator('.panel').count());
  for (const { title, url } of links) {
    const answer = await page.request.get(url);
    expect(answer.status(), url).toBe(200);
    expect(await answer.text(), url).toMatch(new RegExp(`<h1 [^>]*>${title}\\b`));
  }
});
