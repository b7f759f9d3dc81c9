import { Option } from '@commander-js/extra-typings';
import pc from 'picocolors';
import { checkFits, loadData, split } from '../data/data';
import { formatConfusionMatrix } from '../evaluation/confusion-matrix';
import { evaluateOn } from '../evaluation/evaluation';
import { openTrainedModel } from '../models/trained-model';
import { openConsole, table } from '../terminal/console';
import { count, duration, percent, rate } from '../terminal/format';
import { UserError } from '../terminal/user-error';
import {
  backend,
  command,
  dataFolder,
  json,
  model,
  positiveNumber,
  prefix,
  pretrained,
  run,
  runs,
} from './command';

export const evaluate = command('evaluate', 'Measure a trained model on images it has not seen.', [
  ['capsnet evaluate', 'the newest run on its test images'],
  ['capsnet evaluate --run night --split validation', 'on the images it held back'],
  ['capsnet evaluate --model model.safetensors --data digits', 'a model file on other data'],
  ['capsnet evaluate --pretrained capsnet-mnist', 'a model that comes with capsnet'],
])
  .addOption(run)
  .addOption(model)
  .addOption(pretrained)
  .addOption(runs)
  .addOption(dataFolder)
  .addOption(prefix)
  .addOption(
    new Option('--split <name>', 'which images')
      .choices(['test', 'validation', 'train'] as const)
      .default('test' as const),
  )
  .option('--limit <n>', 'only the first so many images', positiveNumber)
  .option('--batch-size <n>', 'images at a time', positiveNumber, 128)
  .addOption(backend)
  .addOption(json)
  .action(async options => {
    const output = openConsole(options.json ?? false);
    const { net, file, backend, config } = await openTrainedModel(output, options);
    const data = await loadData(config.data);
    checkFits(net.config, data, config);
    const limited = { ...config, data: { ...config.data, limit: options.limit ?? null } };
    const images = (await split(data, limited))[options.split];
    if (!images) {
      throw new UserError(
        '--split validation: needs a --run, with its own data, that held images back from training',
      );
    }

    const started = performance.now();
    const result = await evaluateOn(net, images, config, options.batchSize);
    const seconds = (performance.now() - started) / 1000;
    const { single, ...figures } = result;
    output.say(
      `\n${pc.bold(`${percent(result.error)} error`)} on ${count(result.images)} ${options.split} images: ` +
        `${count(result.mistakes)} misread\n`,
    );
    output.say(
      table([
        ['accuracy', percent(result.accuracy)],
        ['loss', result.loss.toFixed(5)],
        ...(result.margin === undefined ? [] : ([['margin loss', result.margin.toFixed(5)]] as const)),
        ...(result.reconstruction === undefined
          ? []
          : ([['reconstruction', result.reconstruction.toFixed(3)]] as const)),
        ['time', `${duration(seconds)}, ${rate(result.images / seconds)}`],
      ]),
    );
    if (single) output.say(`\n${formatConfusionMatrix(single.confusion)}`);
    output.emit({
      model: file,
      split: options.split,
      ...figures,
      ...single,
      backend: backend.name,
      seconds,
    });
  });
