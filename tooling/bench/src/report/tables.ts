import { markdownTable } from 'markdown-table';
import type { TimeSpent } from './compare';
import { type Comparison, contenderNames, networkNames, type Report } from './report';
import { targets } from './time-to-accuracy';

/** A result as Markdown, which reads well on a terminal too: ratios first, then the figures behind them. */
export function resultTables(report: Report): string {
  return [ratioTable([report]), ...detailTables(report)].join('\n\n');
}

/** The figures behind the ratios. */
export function detailTables(report: Report): string[] {
  const { comparisons, latencies, evaluation, serving, timeToAccuracy, phases, scaling, missing } = report;
  return [
    ...Object.values(comparisons).map(comparisonTable),
    ...(latencies ? [latencyTable(latencies)] : []),
    ...(evaluation ? [evaluationLine(evaluation)] : []),
    ...(serving ? [servingTable(serving)] : []),
    ...(timeToAccuracy ? [accuracyTable(timeToAccuracy)] : []),
    ...Object.entries(phases ?? {}).map(phaseTable),
    ...(scaling ? [scalingTable(scaling)] : []),
    ...Object.entries(missing).map(([what, reason]) => `Not measured: ${what}, ${reason}`),
  ];
}

/** What was measured on any of some machines, a column for each: ratios, and below them shares of time in the kernel. */
export function ratioTable(machines: readonly Report[]): string {
  const rows = (name: (key: string) => string, of: (report: Report) => Report['ratios'], digits: Digits) =>
    [...new Set(machines.flatMap(report => Object.keys(of(report))))]
      .map(key => [
        `\`${name(key)}\``,
        ...machines.map(report => {
          const value = of(report)[key] ?? null;
          return value === null ? '' : digits(value);
        }),
      ])
      .filter(([, ...values]) => values.some(value => value !== ''));
  const what =
    'Ours / theirs: in speed, where more is better, and of memory in peak bytes, where less is. Below, of ours in training: ' +
    'time in the kernel / time on the clock.';
  const header = [
    'ratio',
    ...machines.map((_, index) => (machines.length === 1 ? '' : `machine ${index + 1}`)),
  ];
  return `${what}\n\n${table(header, [
    ...rows(
      key => key,
      ({ ratios }) => ratios,
      value => `${value.toFixed(2)}x`,
    ),
    ...rows(
      key => `${key}.train.system`,
      ({ systemShares }) => systemShares,
      percent,
    ),
  ])}`;
}

type Digits = (value: number) => string;

function comparisonTable({ backend, network, batch, results }: Comparison): string {
  const rows = Object.entries(results).map(([name, { train, infer, timeSpent, peakBytes, agreement }]) => [
    contenderNames[name] ?? name,
    train.imagesPerSecond.toFixed(1),
    milliseconds(train.seconds),
    ...timeColumns(timeSpent),
    infer.imagesPerSecond.toFixed(1),
    milliseconds(infer.seconds),
    gigabytes(peakBytes),
    agreement.loss.toExponential(0),
  ]);
  const header = [
    '',
    'training images/s',
    'ms',
    'processor / clock',
    'kernel / clock',
    'inference images/s',
    'ms',
    'peak GB',
    'loss differs from ours by',
  ];
  return `Backend ${backend}, ${networkNames[network]}, batch ${batch}, medians.\n\n${table(header, rows)}`;
}

/** Time of all threads, so that 200 % are two cores that do nothing else. */
function timeColumns(spent: TimeSpent | null): [string, string] {
  if (spent === null) return ['not recorded', 'not recorded'];
  return [percent((spent.user + spent.system) / spent.wall), percent(spent.system / spent.wall)];
}

function latencyTable(latencies: NonNullable<Report['latencies']>): string {
  const rows = Object.entries(latencies).flatMap(([network, { results }]) =>
    Object.entries(results).map(([name, { median, p95 }]) => [
      networkNames[network as keyof typeof latencies],
      contenderNames[name] ?? name,
      milliseconds(median),
      milliseconds(p95),
    ]),
  );
  return `One image, from the call to its class.\n\n${table(['', '', 'median ms', 'ms of 95 %'], rows, 2)}`;
}

function evaluationLine({ command, images, seconds, evaluating }: NonNullable<Report['evaluation']>): string {
  return (
    `\`${command}\`, from the start of its process to the end: ${seconds.toFixed(1)} s for ${images} images, ` +
    `${evaluating.toFixed(1)} s of them with the images.`
  );
}

function servingTable(serving: NonNullable<Report['serving']>): string {
  const rows = Object.entries(serving).flatMap(([network, { results }]) =>
    Object.entries(results).map(([name, { requestsPerSecond, median, p99 }]) => [
      networkNames[network as keyof typeof serving],
      contenderNames[name] ?? name,
      requestsPerSecond.toFixed(0),
      milliseconds(median),
      milliseconds(p99),
    ]),
  );
  const clients = Math.max(...Object.values(serving).map(({ clients }) => clients));
  const header = ['', '', 'requests/s', 'median ms', 'ms of 99 %'];
  return `Requests of one image over HTTP, ${clients} clients that each wait for the answer.\n\n${table(header, rows, 2)}`;
}

function accuracyTable({ recipe, results }: NonNullable<Report['timeToAccuracy']>): string {
  const rows = Object.entries(results).map(([name, { secondsTo, measured }]) => [
    contenderNames[name] ?? name,
    ...secondsTo.map(seconds => (seconds === null ? 'not reached' : seconds.toFixed(0))),
    percent(Math.max(...measured.map(({ accuracy }) => accuracy)), 2),
    String(measured.at(-1)?.step ?? 0),
  ]);
  const header = ['', ...targets.map(target => `s to ${100 * target} %`), 'best', 'steps'];
  return `Seconds of training to an accuracy on the validation split: ${recipe}.\n\n${table(header, rows)}`;
}

function phaseTable([backend, phases]: [string, NonNullable<Report['phases']>[string]]): string {
  const total = phases.reduce((sum, { forward, backward }) => sum + forward + (backward ?? 0), 0);
  const rows = phases.map(({ name, forward, backward }) => [
    name,
    milliseconds(forward),
    backward === null ? '' : milliseconds(backward),
    percent((forward + (backward ?? 0)) / total, 0),
  ]);
  const what = `Where the time of a training step goes, backend ${backend}, ${milliseconds(total)} ms in all.`;
  return `${what}\n\n${table(['phase', 'forward ms', 'backward ms', 'share'], rows)}`;
}

function scalingTable(scaling: NonNullable<Report['scaling']>): string {
  const rows = scaling.map(({ dimension, value, batch, imagesPerSecond, peakBytes }) => [
    dimension,
    String(value),
    imagesPerSecond.toFixed(1),
    milliseconds(batch / imagesPerSecond),
    gigabytes(peakBytes),
  ]);
  const header = ['what grows', 'to', 'images/s', 'ms a step', 'peak GB'];
  return `How the cost of training grows, backend native, everything else as in the paper's network.\n\n${table(header, rows)}`;
}

/** The first columns, which are names, to the left, the others, which are figures, to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], names = 1): string {
  return markdownTable([header, ...rows], { align: header.map((_, column) => (column < names ? '' : 'r')) });
}

function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0);
}

function gigabytes(bytes: number | null): string {
  return bytes === null ? '' : (bytes / 1e9).toFixed(2);
}
