import { cpus, freemem, totalmem } from 'node:os';
import { listBackends } from '@capsnet/backend';
import { formatBytes, formatCount } from '@capsnet/checks';
import pc from 'picocolors';
import { describeData, loadData } from '../data/load-data';
import { shapeOf } from '../data/sizes';
import { sizeText } from '../pictures/image';
import { openConsole, table } from '../terminal/console';
import { messageOf } from '../terminal/errors';
import { versions } from '../terminal/versions';
import { command } from './command';
import { dataOptions, json } from './options';

export const info = dataOptions(
  command('info', 'Show what this machine has: backends, data, memory.', [
    ['capsnet info', 'backends with their state and the reason'],
    ['capsnet info --data fashion', "whether a folder's files can be trained on"],
    ['capsnet info --json', 'the same for machines'],
  ]),
)
  .addOption(json)
  .action(async options => {
    const output = openConsole(options.json ?? false);
    const backends = await listBackends();
    const data = await stateOfData(options.data ?? null, options.prefix ?? null);
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
            ['classes', String(data.classes)],
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

async function stateOfData(folder: string | null, prefix: string | null) {
  try {
    const source = { set: folder === null ? ('mnist' as const) : ('idx' as const), folder, prefix };
    const data = await loadData(source);
    const { image, classes } = shapeOf(data);
    return {
      available: true as const,
      from: describeData(source),
      train: data.train.labels.length,
      test: data.test.labels.length,
      size: sizeText(image),
      classes,
    };
  } catch (error) {
    // A folder that the user named must be right; MNIST may be missing.
    if (folder !== null) throw error;
    return { available: false as const, reason: messageOf(error) };
  }
}
