import { expect, test } from 'vitest';
import { activationsOf, draw, onDemoPage, useBackend } from './page';

const demo = onDemoPage();

const pair = () => demo.page.locator('#pair');

/** The predicted classes, once nothing is on its way. */
async function predicted(): Promise<string[]> {
  await pair().locator('.draw[data-pending=false]').waitFor();
  return pair().locator('.verdict strong').allTextContents();
}

/** A long bar and, to its right, a round nought that touches it. */
const oneAndNought = [
  [
    [0.3, 0.15],
    [0.3, 0.85],
  ],
  Array.from({ length: 25 }, (_, at) => {
    const angle = (2 * Math.PI * at) / 24;
    return [0.52 + 0.22 * Math.sin(angle), 0.5 - 0.33 * Math.cos(angle)] as const;
  }),
] as const;

test('a one and a nought in one drawing are classified, and drawn apart', async () => {
  const { page } = demo;
  await draw(page, oneAndNought, 'Drawing pad for two digits');
  await expect.poll(predicted).toEqual(['0', '1']);
  const lengths = await activationsOf(demo.page, '#pair');
  expect(Math.min(lengths[0]!, lengths[1]!)).toBeGreaterThan(Math.max(...lengths.slice(2)));

  // Ink of either colour by column: the one is left of the nought.
  const canvas = pair().getByRole('img', { name: 'A 0 and a 1 as the decoder draws them' });
  await expect
    .poll(async () => {
      const { blue, orange } = await canvas.evaluate(centresOfColours);
      return blue < orange;
    })
    .toBe(true);
});

test('two images of the test set are picked, classified alike on another backend, and put back', async () => {
  const { page } = demo;
  await pair().getByRole('button', { name: 'or pick two from the test set' }).click();
  const digit = (label: number) => pair().getByRole('button', { name: new RegExp(`, a ${label}$`) });
  await digit(1).click();
  await pair().getByText('Pick another one').waitFor();
  await digit(0).click();
  await expect.poll(predicted).toEqual(['0', '1']);
  const before = await activationsOf(page, '#pair');
  // The worker of another backend fetches the network anew.
  await useBackend(page, 'webgl');
  const after = await activationsOf(page, '#pair');
  after.forEach((length, label) => {
    expect(Math.abs(length - before[label]!), `capsule ${label}`).toBeLessThan(1e-3);
  });
  // A third takes the place of the first; pressed again, it is put back.
  await digit(6).click();
  await expect.poll(predicted).toEqual(['0', '6']);
  await digit(6).click();
  await pair().getByText('Pick another one').waitFor();
  expect(await pair().locator('.verdict strong').count()).toBe(0);
});

test('weights that cannot be fetched are reported, and asked for again with the next stroke', async () => {
  const { page } = demo;
  await page.route('**/weights*.safetensors', route => route.abort());
  const [one, nought] = oneAndNought;
  await draw(page, [one], 'Drawing pad for two digits');
  await pair().getByText('They could not be classified').waitFor();
  await page.locator('.notice', { hasText: 'safetensors' }).waitFor();
  await page.unroute('**/weights*.safetensors');
  await draw(page, [nought], 'Drawing pad for two digits');
  await expect.poll(predicted).toEqual(['0', '1']);
});

/** Mean column of what is rather blue and rather orange. Runs in the page. */
function centresOfColours(element: Element): { blue: number; orange: number } {
  const canvas = element as HTMLCanvasElement;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  const sums = { blue: [0, 0], orange: [0, 0] };
  for (let at = 0; at < data.length; at += 4) {
    const difference = data[at + 2]! - data[at]!;
    if (Math.abs(difference) < 40) continue;
    const [weight, column] = sums[difference > 0 ? 'blue' : 'orange'] as [number, number];
    const amount = Math.abs(difference);
    sums[difference > 0 ? 'blue' : 'orange'] = [weight + amount, column + amount * ((at / 4) % canvas.width)];
  }
  return { blue: sums.blue[1]! / sums.blue[0]!, orange: sums.orange[1]! / sums.orange[0]! };
}
