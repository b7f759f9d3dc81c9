// How long the built page takes to classify a drawing, with each of its networks: `node bench/classification-time.mjs` after
// a build.
import { withBuiltPage } from './built-page.mjs';

const drawings = 60;

await withBuiltPage(async (page, address) => {
  const pad = page.getByRole('application', { name: /^Drawing pad\./ });
  for (const name of ['capsnet-mnist', 'efficient-capsnet-mnist']) {
    await page.goto(address);
    await page.locator('.network-status[data-status=ready]').waitFor();
    await page.locator('.model select').selectOption(name);
    await page.locator('.network-status[data-status=ready]').waitFor();
    await pad.focus();
    await page.keyboard.press(' ');
    const times = [];
    for (let drawing = 0; drawing < drawings; drawing++) {
      // Each key draws a little more: around a square, in steps of five.
      await page.keyboard.press(
        ['ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowLeft'][Math.floor(drawing / 5) % 4] ?? '',
      );
      await page.locator('#draw .draw[data-pending=false]').waitFor();
      times.push(
        Number.parseFloat((await page.locator('#draw .time').textContent())?.replace('in ', '') ?? ''),
      );
    }
    times.sort((a, b) => a - b);
    const at = share => times[Math.floor(share * (drawings - 1))];
    const backend = await page.locator('.network-status').textContent();
    console.log(
      `${name} on ${backend}: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms of ${drawings} drawings`,
    );
  }
});
