// Takes the pictures of this folder of the built page: `node screenshots/take.mjs` after a build.
import { fileURLToPath } from 'node:url';
import { withBuiltPage } from '../bench/built-page.mjs';

const arc = (x, y, width, height, from, to) =>
  Array.from({ length: 25 }, (_, at) => {
    const angle = from + ((to - from) * at) / 24;
    return [x + width * Math.sin(angle), y - height * Math.cos(angle)];
  });
const line = (...points) => points;

const three = [[...arc(0.48, 0.31, 0.2, 0.19, -1.1, 2.9), ...arc(0.48, 0.68, 0.24, 0.2, 0.2, 4.3)]];
const fourAndNought = [
  line([0.42, 0.12], [0.2, 0.55], [0.64, 0.53]),
  line([0.52, 0.25], [0.47, 0.9]),
  arc(0.63, 0.5, 0.21, 0.34, 0, 2 * Math.PI),
];

await withBuiltPage(async (page, address) => {
  await page.goto(address);
  await page.locator('.network-status[data-status=ready]').waitFor();
  await draw('Drawing pad', '#draw', three);
  await draw('Drawing pad for two digits', '#pair', fourAndNought);
  // Routing is computed once it can be seen.
  await page.locator('#routing').scrollIntoViewIfNeeded();
  await page.locator('#routing .couplings').first().waitFor();
  for (const panel of ['draw', 'routing', 'pair']) {
    await page.locator(`#${panel}`).screenshot({
      path: fileURLToPath(new URL(`${panel}.png`, import.meta.url)),
    });
  }

  async function draw(name, panel, strokes) {
    const pad = page.getByRole('application', { name: new RegExp(`^${name}\\.`) });
    await pad.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await pad.boundingBox();
    for (const [first, ...rest] of strokes) {
      await page.mouse.move(x + first[0] * width, y + first[1] * height);
      await page.mouse.down();
      for (const [across, down] of rest) await page.mouse.move(x + across * width, y + down * height);
      await page.mouse.up();
    }
    await page.locator(`${panel} .draw[data-pending=false]`).waitFor();
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.activeElement?.blur());
  }
});
