import { formatCount, formatDuration, formatPercent, formatRate } from '@capsnet/checks';
import type { Subset } from '@capsnet/data/node';
import type { PretrainedName } from '@capsnet/pretrained';
import { Option } from '@commander-js/extra-typings';
import pc from 'picocolors';
import type { RunConfig } from '../../config/schema';
import { digestsOf } from '../../data/digests';
import { first, split, testImages } from '../../data/splits';
import { type ClassMetrics, classMetrics, classRows } from '../../evaluation/class-metrics';
import { formatConfusionMatrix, mostClasses } from '../../evaluation/confusion-matrix';
import {
  type Correctness,
  correctness,
  type Evaluation,
  errorText,
  evaluateOn,
} from '../../evaluation/evaluation';
import { voteOf } from '../../evaluation/scored-images';
import { openData } from '../../models/open-data';
import { type ModelOptions, openModels, type TrainedModel } from '../../models/open-model';
import { refuseToOverwrite } from '../../pictures/output-file';
import { type Console, columns, openConsole, table } from '../../terminal/console';
import { UsageError } from '../../terminal/errors';
import { printableName } from '../../terminal/printable';
import { command } from '../command';
import { backend, dataOptions, json, positiveNumber, severalModelOptions } from '../options';
import { drawWorstMistakes } from './draw-mistakes';

export const evaluate = dataOptions(
  severalModelOptions(
    command('evaluate', 'Measure trained models, and their vote, on images that they were not trained on.', [
      ['capsnet evaluate', 'the newest run on its test images'],
      ['capsnet evaluate --run night --split validation', 'on the images of its validation'],
      ['capsnet evaluate --run one --run two --run three', 'each, and the vote of all'],
      ['capsnet evaluate --model model.safetensors --data digits', 'a model file on other data'],
      ['capsnet evaluate --mistakes worst.png', 'and a sheet of the mistakes that it was surest of'],
      ['capsnet evaluate --pretrained capsnet-mnist', 'a model that comes with capsnet'],
    ]),
  ),
)
  .addOption(
    new Option('--split <name>', 'which images')
      .choices(['test', 'validation', 'train'] as const)
      .default('test' as const),
  )
  .option('--mistakes <file.png>', 'draw the mistakes that the network was surest of')
  .option('--force', 'overwrite the picture of --mistakes')
  .option('--limit <n>', 'use only the first n images (default: those that the run used)', positiveNumber)
  .option('--batch-size <n>', 'images at a time', positiveNumber, 128)
  .addOption(backend)
  .addOption(json)
  .action(async ({ split: part, limit, batchSize, mistakes, force, ...options }) => {
    const output = openConsole(options.json ?? false);
    expectPicture(mistakes, force);
    const models = await openModels(output, each(options));
    if (mistakes !== undefined && models.length > 1)
      throw new UsageError(`--mistakes: expected one model, found ${models.length}`);
    const chosen = await Promise.all(models.map(model => imagesOf(model, { part, limit })));
    expectSameImages(models, chosen);
    const { config } = chosen[0]!;

    const started = performance.now();
    const evaluations: Evaluation[] = [];
    for (const [index, { net }] of models.entries()) {
      const { images, config } = chosen[index]!;
      evaluations.push(await evaluateOn(net, images, config, batchSize));
    }
    const seconds = (performance.now() - started) / 1000;
    const facts = [
      ...(limit === undefined && config.data.limit !== null
        ? ([
            ['images', `the first ${formatCount(config.data.limit)} at most, as in the run (data.limit)`],
          ] as const)
        : []),
      [
        'time',
        `${formatDuration(seconds)}, ${formatRate((models.length * evaluations[0]!.images) / seconds)}`,
      ],
    ] as const;

    const results = evaluations.map(({ single, scored, ...metrics }, index) => ({
      model: models[index]!.file,
      ...metrics,
      ...single,
      perClass: named(classMetrics(scored), chosen[index]!.images.set.classes),
    }));
    const measured = { split: part, backend: models[0]!.backend.name, seconds };
    if (evaluations.length === 1) {
      const { classes } = chosen[0]!.images.set;
      printOne(output, part, evaluations[0]!, facts, classes);
      const drawn =
        mistakes &&
        (await drawWorstMistakes(
          mistakes,
          evaluations[0]!.scored,
          { ...chosen[0]!, names: classes },
          output,
        ));
      output.emit({
        ...results[0],
        ...(classes && { classes }),
        ...measured,
        ...(drawn && { worst: drawn }),
      });
      return;
    }
    const vote = correctness(voteOf(evaluations.map(({ scored }) => scored)));
    printSeveral(output, part, results, vote, facts);
    output.emit({ models: results, vote, ...measured });
  });

type Facts = readonly (readonly [string, string])[];

/** @throws UsageError before the work that the picture is to show */
function expectPicture(mistakes: string | undefined, force: boolean | undefined): void {
  if (mistakes === undefined) {
    if (force) throw new UsageError('--force: expected --mistakes with it');
    return;
  }
  if (!/\.png$/i.test(mistakes))
    throw new UsageError(`--mistakes ${mistakes}: expected a name that ends in .png`);
  refuseToOverwrite(mistakes, force, '--mistakes FILE.png');
}

function named(metrics: readonly ClassMetrics[], names: readonly string[] | undefined) {
  return metrics.map(each => ({ ...each, ...(names && { name: names[each.label] }) }));
}

/** The options of each model that is named, or of the newest run. */
function each({
  run: names = [],
  model: files = [],
  pretrained = [],
  ...others
}: Omit<ModelOptions, 'run' | 'model' | 'pretrained'> & {
  readonly run?: readonly string[] | undefined;
  readonly model?: readonly string[] | undefined;
  readonly pretrained?: readonly PretrainedName[] | undefined;
}): [ModelOptions, ...ModelOptions[]] {
  const [one = {}, ...more] = [
    ...names.map(run => ({ run })),
    ...files.map(model => ({ model })),
    ...pretrained.map(pretrained => ({ pretrained })),
  ];
  return [{ ...others, ...one }, ...more.map(named => ({ ...others, ...named }))];
}

/** The images to evaluate on, with what identifies them. */
interface ChosenImages {
  readonly images: Subset;
  readonly config: RunConfig;
  readonly digest: string;
}

async function imagesOf(
  model: TrainedModel,
  { part, limit }: { readonly part: 'test' | 'validation' | 'train'; readonly limit: number | undefined },
): Promise<ChosenImages> {
  const { data, config } = await openData(model);
  const used = (await split(data, config))[part];
  if (!used) {
    throw new UsageError('--split validation: needs a run that had a validation split, with its own data');
  }
  // Images that were not trained on are no training images; of test images there may be more than the run has seen.
  const images =
    limit === undefined ? used : part === 'test' ? await testImages(data, config, limit) : first(used, limit);
  return { images, config, digest: digestsOf(data)[part === 'test' ? 'test' : 'train'] };
}

/** @throws UsageError when two models would vote on different images */
function expectSameImages(models: readonly TrainedModel[], chosen: readonly ChosenImages[]): void {
  const [one, ...others] = chosen.map(({ images: { indices }, config: { data }, digest }) =>
    JSON.stringify([digest, data.digits, data.test, data.digits === 2 && data.shift, [...indices]]),
  );
  const other = others.findIndex(found => found !== one);
  if (other < 0) return;
  throw new UsageError(
    `expected models that are evaluated on the same images, found others for ${models[0]!.file} and ` +
      `${models[other + 1]!.file}: name the images with --data, or their number with --limit`,
  );
}

function printOne(
  output: Console,
  part: string,
  metrics: Evaluation,
  facts: Facts,
  classes: readonly string[] | undefined,
): void {
  printAccuracy(output, part, metrics);
  output.print(
    table([
      ['error', errorText(metrics)],
      ['loss', metrics.loss.toFixed(5)],
      ...(metrics.margin === undefined ? [] : ([['margin loss', metrics.margin.toFixed(5)]] as const)),
      ...(metrics.reconstruction === undefined
        ? []
        : ([['reconstruction', metrics.reconstruction.toFixed(3)]] as const)),
      ...facts,
    ]),
  );
  const names = classes?.map(printableName);
  output.print(`\n${columns(classRows(classMetrics(metrics.scored), names))}`);
  if (!metrics.single) return;
  const { confusion } = metrics.single;
  output.print(
    confusion
      ? `\n${formatConfusionMatrix(confusion, names)}`
      : `\nno table of which class was taken for which: of more than ${mostClasses} classes nobody could read it`,
  );
}

function printSeveral(
  output: Console,
  part: string,
  members: readonly (Correctness & { readonly model: string })[],
  vote: Correctness,
  facts: Facts,
): void {
  printAccuracy(output, `${part} images, the vote of ${members.length}:`, vote);
  output.print(
    table([
      ...members.map(member => [member.model, errorText(member)] as const),
      ['vote', errorText(vote)],
      ...facts,
    ]),
  );
}

function printAccuracy(output: Console, what: string, { accuracy, mistakes, images }: Correctness): void {
  output.print(
    `\n${pc.bold(`${what} accuracy ${formatPercent(accuracy)}`)} ` +
      `(${formatCount(mistakes)} of ${formatCount(images)} wrong)\n`,
  );
}
