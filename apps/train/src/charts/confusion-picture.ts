import { element, headingHeight, margin, palette, picture, text, tooltip } from './svg';

/**
 * An SVG picture of a confusion matrix. The diagonal is left pale and the mistakes coloured by their number, since with an
 * error below one percent the diagonal would outshine everything that is of interest.
 *
 * @param counts [label][prediction]
 * @param names of the classes; by default their numbers
 * @param images what was classified
 */
export function drawConfusionMatrix(
  counts: readonly (readonly number[])[],
  names: readonly string[] = counts[0]!.map((_, label) => String(label)),
  images = 'test images',
): string {
  const columns = counts[0]!.length;
  const side = columns <= 12 ? 44 : 24;
  const heads = names.map(shortened);
  // Of names so much room is needed, roughly, as they have letters.
  const room = Math.max(...heads.map(({ length }) => length)) * (side === 44 ? 7.5 : 5.5);
  const areWords = room > side;
  const left = margin + 44 + (areWords ? room - 10 : 0);
  const top = headingHeight + 44 + (areWords ? 0.71 * room : 0);
  const mistakes = counts.flatMap((row, label) => row.filter((_, prediction) => prediction !== label));
  const worst = Math.max(1, ...mistakes);
  const axis = { fill: palette.quiet, 'font-size': side === 44 ? 13 : 9, 'text-anchor': 'middle' };
  const cell = (count: number, label: number, prediction: number) => {
    const [x, y] = [left + prediction * side, top + label * side];
    const isRight = label === prediction;
    const fill = isRight ? '#eef2f7' : count === 0 ? '#fbfbfc' : shade(count / worst);
    const rectangle = element(
      'rect',
      { x: x + 1, y: y + 1, width: side - 2, height: side - 2, rx: 4, fill },
      tooltip(`true class ${names[label]}, predicted ${names[prediction]}: ${count}`),
    );
    if (count === 0) return rectangle;
    const ink = !isRight && count > 0.7 * worst ? 'white' : palette.ink;
    const size = side / 3.6;
    return (
      rectangle +
      text(x + side / 2, y + side / 2 + 0.36 * size, String(count), {
        'font-size': size,
        'text-anchor': 'middle',
        fill: ink,
        // What the number belongs to is shown behind it as well.
        'pointer-events': 'none',
      })
    );
  };
  return picture(
    {
      title:
        `${sum(mistakes).toLocaleString('en')} of ${sum(counts.flat()).toLocaleString('en')} ` +
        `${images} are misclassified`,
      subtitle: 'colour: number of mistakes',
      // The last name leans beyond its column.
      width: Math.max(left + columns * side + margin + (areWords ? 0.71 * room : 0), 420),
      height: top + counts.length * side + margin,
    },
    text(left + (columns * side) / 2, headingHeight + 12, 'predicted class', { 'text-anchor': 'middle' }),
    element(
      'g',
      { transform: `translate(${margin + 12} ${top + (counts.length * side) / 2}) rotate(-90)` },
      text(0, 0, 'true class', { 'text-anchor': 'middle' }),
    ),
    ...heads.map((head, prediction) => {
      const x = left + (prediction + 0.5) * side;
      return areWords
        ? text(x, top - 10, head, {
            ...axis,
            'text-anchor': 'start',
            transform: `rotate(-45 ${x} ${top - 10})`,
          })
        : text(x, top - 10, head, axis);
    }),
    ...counts.map((_, label) =>
      areWords
        ? text(left - 8, top + (label + 0.5) * side + 4, heads[label]!, { ...axis, 'text-anchor': 'end' })
        : text(left - 14, top + (label + 0.5) * side + 4, heads[label]!, axis),
    ),
    ...counts.flatMap((row, label) => row.map((count, prediction) => cell(count, label, prediction))),
  );
}

const longest = 24;

function shortened(name: string): string {
  return name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
}

/** From pale to the accent colour, for 0 to 1. */
function shade(part: number): string {
  const [pale, full] = [0xfdf0e6, Number.parseInt(palette.accent.slice(1), 16)];
  const channels = [16, 8, 0].map(shift => {
    const [from, to] = [(pale >> shift) & 255, (full >> shift) & 255];
    return Math.round(from + part * (to - from));
  });
  return `rgb(${channels.join(' ')})`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
