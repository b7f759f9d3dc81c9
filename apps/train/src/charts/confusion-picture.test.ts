import { expect, it } from 'vitest';
import { attributes, elements, textsOf } from '../../test/svg';
import { drawConfusionMatrix } from './confusion-picture';

// Two true classes by three predictions, no two numbers alike.
const svg = drawConfusionMatrix([
  [970, 4, 6],
  [0, 1120, 8],
]);

it('has a row for each true class and a column for each prediction', () => {
  const texts = textsOf(svg);
  const at = (content: string) => texts.find(text => text.content === content)!;
  const rows = [['970', '4', '6'].map(at), ['1120', '8'].map(at)];
  // The same height in a row, the same distance across
  for (const row of rows) expect(new Set(row.map(({ y }) => y)).size).toBe(1);
  expect(rows[1]![0]!.y).toBeGreaterThan(rows[0]![0]!.y);
  expect(rows[0]!.map(({ x }) => x)).toEqual([0, 44, 88].map(offset => at('970').x + offset));
  expect(rows[1]!.map(({ x }) => x)).toEqual([44, 88].map(offset => at('970').x + offset));
  // Labels: 0 to 2 above their columns, 0 and 1 beside their rows
  const [across, down] = [
    texts.filter(({ y, content }) => y < at('970').y - 22 && /^\d$/.test(content)),
    texts.filter(({ x, content }) => x < at('970').x - 22 && /^\d$/.test(content)),
  ];
  expect(across.map(({ content, x }) => [content, x])).toEqual(
    ['0', '1', '2'].map((label, index) => [label, at('970').x + 44 * index]),
  );
  expect(down.map(({ content }) => content)).toEqual(['0', '1']);
  // The zero stands nowhere but in what its cell says.
  expect(svg).toContain('true class 1, predicted 0: 0<');
  expect(svg).toContain('true class 0, predicted 2: 6<');
});

it('counts the mistakes and colours them by their number, the diagonal not', () => {
  expect(svg).toContain('>18 of 2,108 test images are misclassified<');
  const fill = (label: number, prediction: number) =>
    attributes(elements(svg, 'rect').find(cell => cell.includes(`class ${label}, predicted ${prediction}:`))!)
      .fill;
  expect(fill(0, 0)).toBe(fill(1, 1));
  expect(fill(1, 2)).toBe('rgb(194 65 12)');
  expect(fill(0, 1)).not.toBe(fill(0, 2));
  expect(fill(1, 0)).not.toBe(fill(0, 0));
});

it('has the names of classes, as far from the cells as they are long', () => {
  const named = drawConfusionMatrix(
    [
      [9, 1],
      [2, 8],
    ],
    ['tawny owl', 'R&D'],
  );
  expect(named).toContain('true class tawny owl, predicted R&amp;D: 1<');
  const texts = textsOf(named).filter(({ content }) => content === 'tawny owl');
  expect(texts).toHaveLength(2);
  const cell = textsOf(named).find(({ content }) => content === '9')!;
  const [beside] = texts.filter(({ y }) => Math.abs(y - cell.y) < 10);
  expect(beside!.x).toBeLessThan(cell.x - 22);
  // What is written to the left of there has room: at seven units a letter.
  expect(beside!.x - 7 * 'tawny owl'.length).toBeGreaterThan(0);
});
