import { formatCount } from '@capsnet/checks';
import type { Subset } from '@capsnet/data/node';
import type { RunConfig } from '../../config/schema';
import { imagesOfMistakes, type Mistake, worstMistakes } from '../../evaluation/mistakes';
import type { ScoredImages } from '../../evaluation/scored-images';
import { drawMistakes } from '../../pictures/mistakes-sheet';
import { writeOutput } from '../../pictures/output-file';
import type { Console } from '../../terminal/console';

/** Five rows. */
const most = 40;

/**
 * Draws the mistakes that the network was surest of into a sheet, with what they are and what they were taken for.
 *
 * @param names of the classes, where they have any
 * @returns what is in the sheet, for machines; undefined when there is no mistake, and so no sheet
 */
export async function drawWorstMistakes(
  file: string,
  scored: ScoredImages,
  { images, config, names }: { images: Subset; config: RunConfig; names: readonly string[] | undefined },
  output: Console,
) {
  const mistakes = worstMistakes(scored, most);
  if (mistakes.length === 0) {
    output.print(`\nno mistakes, and so no ${file}`);
    return undefined;
  }
  const pictures = await imagesOfMistakes(mistakes, images, config);
  const text = (labels: readonly number[]) =>
    labels.map(label => (names ? `${label} ${names[label]}` : String(label))).join(' + ');
  const tiles = mistakes.map(({ labels, predictions, score }, at) => ({
    image: pictures[at]!,
    lines: [`is ${text(labels)}`, `${score.toFixed(2)} for ${text(predictions)}`] as const,
  }));
  await writeOutput(file, drawMistakes(tiles), '--mistakes');
  output.print(`\n${file}: the ${formatCount(mistakes.length)} mistakes that it was surest of`);
  return { picture: file, mistakes: mistakes.map(mistake => described(mistake, images, names)) };
}

function described(
  { row, labels, predictions, score }: Mistake,
  { indices }: Subset,
  names: readonly string[] | undefined,
) {
  const named = (those: readonly number[]) => (names ? { names: those.map(label => names[label]!) } : {});
  return {
    index: indices[row]!,
    true: { labels, ...named(labels) },
    predicted: { labels: predictions, ...named(predictions) },
    score,
  };
}
