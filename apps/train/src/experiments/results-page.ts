import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { formatCount, formatDuration, formatPercent } from '@capsnet/checks';
import { markdownTable } from 'markdown-table';
import writeFileAtomic from 'write-file-atomic';
import { UsageError, withContext } from '../terminal/errors';
import { configOf, type Experiment } from './experiment';
import { distinct, errorIn, errorOf, missingSeeds, type Row, voteText } from './experiment-row';
import { markdownCode, markdownLink, markdownText, markdownWithLinks } from './markdown';

const mark = 'This page is written by `capsnet experiment --page`; do not edit it.';

/**
 * Writes the experiments and their rows as a Markdown page, a table for each group and one of all trainings.
 *
 * @param rows of each experiment; undefined for one that has not been run
 * @throws UsageError when the file exists and was written by something else
 */
export async function writeResultsPage(
  file: string,
  experiments: readonly Experiment[],
  rows: readonly (Row | undefined)[],
): Promise<void> {
  await withContext(`--page ${file}`, async () => {
    if (existsSync(file) && !(await readFile(file, 'utf8')).includes(mark)) {
      throw new UsageError(`--page ${file}: exists and is not such a page: choose another file`);
    }
    const entries = experiments
      .map((experiment, index) => ({
        experiment,
        row: rows[index],
        link: relative(dirname(file), experiment.file).replaceAll('\\', '/'),
      }))
      // However the user's shell sorts
      .sort((a, b) => (a.experiment.name < b.experiment.name ? -1 : 1));
    await writeFileAtomic(file, resultsPage(entries));
  });
}

interface Entry {
  readonly experiment: Experiment;
  readonly row: Row | undefined;
  /** From the page to the experiment's file. */
  readonly link: string;
}

function resultsPage(entries: readonly Entry[]): string {
  const groups = [...new Set(entries.map(({ experiment }) => experiment.group))];
  const sections = groups.map(group => {
    const members = entries.filter(({ experiment }) => experiment.group === group);
    return `## ${markdownText(group)}\n\n${tableOf([groupHeader, ...members.map(groupRow)], groupAlign)}`;
  });
  const hasHosts = entries.some(({ row }) => row?.trained.some(({ hosts }) => hosts));
  const trainings = entries.flatMap(entry => trainingRows(entry, hasHosts));
  return `# Results

${mark}

- \`capsnet experiment FILE\` trains a row, or what is still missing of it. The first column links to its file. To get a row
  again, run its command in a fresh clone at its commit, both of which the last table names, without the row's
  \`experiments/results/NAME.json\` if that is there already; in a clone \`capsnet\` is \`npm start --\`. The same machine and
  backend give the same weights; another backend adds in a different order and may differ by a few images.
- The test error is the part of the test images that is misclassified. Each training looks at them once, at its end. Several
  seeds give a mean and a standard deviation (of a sample); a single seed says nothing about run-to-run variance. In addition,
  an error p on n images has a sampling error of √(p(1-p)/n): 0.06 points at 0.4% of 10,000, 0.3 at 10%. Differences below
  three times that are not significant.
- The vote is that of the class capsules' mean lengths over the seeds, from the scores of all test images that are kept in
  \`experiments/results/scores\` (safetensors), image by image, so that two rows can be compared.
- Of pairs of digits there are two rules: an error is a pair of which either digit is missed; or, at half a credit a digit, a
  digit that is missed.
- The paper's results are means of trainings of its whole network.
- Validation is the number of training images on which the best weights were chosen. Where there are none, every image was
  trained on, and the weights after the last step were taken, or their moving average where the configuration has
  \`training.averageDecay\`.
- Parameters are those trained, the decoder's included. Images seen are counted as often as they were seen.
- Time is that of training, without interruptions. What else the machine did meanwhile is not known: rates of two rows are no
  comparison of speed.

${sections.join('\n\n')}

## Trainings

${trainings.length > 0 ? tableOf([[...trainingHeader, ...(hasHosts ? ['host'] : [])], ...trainings], trainingAlign) : 'None yet.'}
`;
}

function tableOf(rows: readonly (readonly string[])[], align: readonly string[]): string {
  const cells = rows.map(row => row.map(cell => cell.replaceAll('|', '\\|')));
  // Not aligned: a row that changes is then the only line that does.
  return markdownTable(cells, { align, alignDelimiters: false });
}

const groupHeader = [
  '',
  'test error',
  'vote',
  'paper',
  'parameters',
  'epochs',
  'images seen',
  'seeds',
  'validation',
];
const groupAlign = ['l', 'r', 'r', 'r', 'r', 'r', 'r', 'l', 'r'];

function groupRow({ experiment, row, link }: Entry): string[] {
  const { title, note, paper, seeds } = experiment;
  const { data, training } = configOf(experiment, seeds[0]!);
  const trained = row?.trained.map(({ seed }) => seed) ?? [];
  const toCome = missingSeeds(experiment, row);
  return [
    `[${markdownText(title)}](${markdownLink(link)})${note === undefined ? '' : `, ${markdownWithLinks(note)}`}`,
    row ? errorOf(row) : 'not run',
    row?.vote ? voteText(row.vote) : '',
    paper ? markdownWithLinks(errorIn(paper)) : '',
    row ? distinct(row, ({ parameters }) => formatCount(parameters)) : '',
    row ? distinct(row, ({ epochs }) => String(epochs)) : String(training.epochs),
    row ? distinct(row, ({ samples }) => formatCount(samples)) : '',
    [trained.join(', '), toCome.length > 0 && `to come: ${toCome.join(', ')}`].filter(Boolean).join('; '),
    data.all ? 'none' : formatCount(data.validation),
  ];
}

const trainingHeader = [
  'command',
  'seed',
  'test error',
  'test loss',
  'time',
  'images/s',
  'backend',
  'commit',
  'versions',
  'date',
];
const trainingAlign = ['l', 'r', 'r', 'r', 'r', 'r', 'l', 'l', 'l', 'l', 'l'];

/** @param hasHosts whether any training of the page was done by way of a queue */
function trainingRows({ row }: Entry, hasHosts: boolean): string[][] {
  return (row?.trained ?? []).map(
    ({
      command,
      seed,
      error,
      loss,
      seconds,
      imagesPerSecond,
      backend,
      earlierBackends = [],
      commit,
      versions,
      date,
      hosts = [],
    }) => [
      markdownCode(command),
      String(seed),
      formatPercent(error),
      loss.toFixed(5),
      formatDuration(seconds),
      String(Math.round(imagesPerSecond)),
      [...earlierBackends, backend]
        .map(({ name, device }) => markdownText(`${name} (${device})`))
        .join(', then '),
      markdownText(commit?.replaceAll(/(\w{10})\w{30}/g, '$1') ?? 'unknown'),
      Object.entries(versions)
        .map(([name, version]) => markdownText(`${name} ${version}`))
        .join(', '),
      markdownText(date.slice(0, 10)),
      ...(hasHosts ? [markdownText(hosts.join(', then '))] : []),
    ],
  );
}
