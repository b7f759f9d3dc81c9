import { markdownTable } from 'markdown-table';
import { contenderNames, type Report } from './report';

/** A result as Markdown, which reads well on a terminal too: ratios first, then the figures behind them. */
export function resultTables(report: Report): string {
  return [
    ratioTable(report),
    ...Object.entries(report.comparisons).map(comparisonTable),
    ...Object.entries(report.phases ?? {}).map(phaseTable),
    ...(report.scaling ? [scalingTable(report.scaling)] : []),
    ...Object.entries(report.missing).map(([what, reason]) => `Not measured: ${what}, ${reason}`),
  ].join('\n\n');
}

function ratioTable({ ratios }: Report): string {
  const rows = Object.entries(ratios)
    .filter(([, ratio]) => ratio !== null)
    .map(([name, ratio]) => [`\`${name}\``, `${ratio!.toFixed(2)}x`]);
  const what =
    'Ours / theirs: images per second, where more is better, and peak bytes of memory, where less is.';
  return `${what}\n\n${table(['ratio', ''], rows)}`;
}

function comparisonTable([backend, { batch, results }]: [string, Report['comparisons'][string]]): string {
  const rows = Object.entries(results).map(([name, { train, infer, peakBytes, agreement }]) => [
    contenderNames[name] ?? name,
    train.imagesPerSecond.toFixed(1),
    milliseconds(train.seconds),
    infer.imagesPerSecond.toFixed(1),
    milliseconds(infer.seconds),
    gigabytes(peakBytes),
    agreement.loss.toExponential(0),
  ]);
  const header = [
    '',
    'training images/s',
    'ms',
    'inference images/s',
    'ms',
    'peak GB',
    'loss differs from ours by',
  ];
  return `Backend ${backend}, batch ${batch}, medians.\n\n${table(header, rows)}`;
}

function phaseTable([backend, phases]: [string, NonNullable<Report['phases']>[string]]): string {
  const total = phases.reduce((sum, { forward, backward }) => sum + forward + (backward ?? 0), 0);
  const rows = phases.map(({ name, forward, backward }) => [
    name,
    milliseconds(forward),
    backward === null ? '' : milliseconds(backward),
    `${((100 * (forward + (backward ?? 0))) / total).toFixed(0)} %`,
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

/** The first column to the left, the others, which are figures, to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([header, ...rows], { align: header.map((_, column) => (column === 0 ? '' : 'r')) });
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0);
}

function gigabytes(bytes: number | null): string {
  return bytes === null ? '' : (bytes / 1e9).toFixed(2);
}
