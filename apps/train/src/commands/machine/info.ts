import { cpus, freemem, totalmem } from 'node:os';
import { listBackends } from '@capsnet/backend';
import { formatBytes, formatCount } from '@capsnet/checks';
import pc from 'picocolors';
import { presets } from '../../config/presets';
import { type DataChoice, describeData, loadData } from '../../data/load-data';
import { shapeOf } from '../../data/sizes';
import { chooseData } from '../../named-sets/choose-data';
import { sizeText } from '../../pictures/image';
import { type Console, openConsole, table } from '../../terminal/console';
import { messageOf } from '../../terminal/errors';
import { printableName } from '../../terminal/printable';
import { versions } from '../../terminal/versions';
import { command } from '../command';
import { dataOptions, json, pictureReadingOptions } from '../options';

export const info = pictureReadingOptions(
  dataOptions(
    command('info', 'Show what this machine has: backends, data, memory.', [
      ['capsnet info', 'backends with their state and the reason'],
      ['capsnet info --data fashion', "whether a folder's files can be trained on"],
      ['capsnet info --data photos --size 28', 'what is in a folder of pictures'],
      ['capsnet info --json', 'the same for machines'],
    ]),
  ),
)
  .addOption(json)
  .action(async options => {
    const output = openConsole(options.json ?? false);
    const backends = await listBackends();
    const data = await stateOfData(await choiceOf(options, output), output);
    const processors = cpus();
    const machine = {
      processor: processors[0]?.model.trim() ?? process.arch,
      cores: processors.length,
      memory: totalmem(),
      freeMemory: freemem(),
      platform: `${process.platform} ${process.arch}`,
    };

    output.print(pc.bold('Backends, fastest first'));
    output.print(
      table(
        backends.map(state => [
          state.name,
          state.available
            ? `${pc.green('available')}  ${state.device}`
            : `${pc.yellow('missing')}    ${state.reason}`,
        ]),
      ),
    );
    output.print(`\n${pc.bold('Data')}`);
    output.print(
      data.available
        ? table([
            ['from', data.from],
            [
              'images',
              `${formatCount(data.train)} for training, ${formatCount(data.test)} for testing, ${data.size}`,
            ],
            [
              'classes',
              data.names
                ? `${data.classes}: ${data.names.map(printableName).join(', ')}`
                : String(data.classes),
            ],
          ])
        : `  ${pc.yellow('missing')}  ${data.reason}`,
    );
    output.print(`\n${pc.bold('Machine')}`);
    output.print(
      table([
        ['processor', `${machine.processor}, ${machine.cores} cores`],
        ['memory', `${formatBytes(machine.memory)}, ${formatBytes(machine.freeMemory)} free`],
        ['platform', machine.platform],
      ]),
    );
    output.print(`\n${pc.bold('Versions')}`);
    output.print(table(Object.entries(versions())));
    output.emit({ backends, data, machine, versions: versions() });
  });

async function choiceOf(
  {
    data,
    mirror,
    prefix,
    size,
    fit,
  }: {
    readonly data?: string | undefined;
    readonly mirror?: string | undefined;
    readonly prefix?: string | undefined;
    readonly size?: { readonly height: number; readonly width: number } | undefined;
    readonly fit?: DataChoice['pictures']['fit'] | undefined;
  },
  output: Console,
): Promise<DataChoice> {
  const { pictures } = presets.paper.data;
  return {
    ...(data === undefined ? { set: 'mnist', folder: null } : await chooseData({ data, mirror }, output)),
    prefix: prefix ?? null,
    pictures: { ...pictures, ...size, ...(fit && { fit }) },
  };
}

async function stateOfData(choice: DataChoice, output: Console) {
  try {
    const data = await loadData(choice, output);
    const { image, classes } = shapeOf(data);
    return {
      available: true as const,
      from: describeData(choice),
      train: data.train.labels.length,
      test: data.test.labels.length,
      size: sizeText(image),
      classes,
      names: data.train.classes,
    };
  } catch (error) {
    // A folder that the user named must be right; MNIST may be missing.
    if (choice.folder !== null) throw error;
    return { available: false as const, reason: messageOf(error) };
  }
}
