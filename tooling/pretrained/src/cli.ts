import { formatCount, formatPercent } from '@capsnet/checks';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { check } from './check';
import { measureUsualOf } from './measure-usual';
import { publish } from './publish';

const command = new Command('npm run pretrained --')
  .description(
    'Quantises the network of a finished run of capsnet train or capsnet experiment, measures it before and after, and ' +
      'writes it with its model card into packages/pretrained/models/NAME; or measures again what was published.',
  )
  .option('--run <folder>', 'the finished run')
  .option('--name <name>', 'of the network to publish: small letters, digits and "-"', networkName)
  .addOption(
    new Option('--check <name>', 'a published network, to be measured on native and on wasm')
      .argParser(networkName)
      .conflicts(['run', 'name']),
  )
  .addOption(
    new Option('--usual <name>', 'a published network, of which to measure again what is usual')
      .argParser(networkName)
      .conflicts(['run', 'name', 'check']),
  )
  .action(async ({ run, name, check, usual }) => {
    if (usual !== undefined) {
      const { usualScore, usualReconstructionError = 'not measured' } = await measureUsualOf(usual);
      process.stdout.write(
        `${usual}: score ${usualScore}, reconstruction error ${usualReconstructionError}\n`,
      );
    } else if (check !== undefined) process.stdout.write(`${check}: ${await checked(check)}\n`);
    else if (run !== undefined && name !== undefined)
      process.stdout.write(`${name}: ${await published(run, name)}\n`);
    else command.error('error: expected --run <folder> with --name <name>, --check <name> or --usual <name>');
  });

function networkName(text: string): string {
  if (/^[a-z0-9-]+$/.test(text)) return text;
  throw new InvalidArgumentError('Expected small letters, digits and "-".');
}

async function published(run: string, name: string): Promise<string> {
  const { test, files } = await publish(run, name, line => process.stderr.write(`${line}\n`));
  return (
    `${formatPercent(test.quantised.error)} test error, ${formatPercent(test.float.error)} before quantisation; ` +
    `${formatCount(files.weights.bytes)} bytes, its decoder ${formatCount(files.decoder.bytes)}`
  );
}

async function checked(name: string): Promise<string> {
  const { native, wasm, backends } = await check(name);
  return (
    `${formatPercent(native)} test error on native, ${formatPercent(wasm)} on wasm, ` +
    `which agree on ${formatCount(backends.agree)} of ${formatCount(backends.decided)} images that leave no doubt`
  );
}

command.parseAsync().catch((error: Error) => {
  process.stderr.write(`pretrained: ${error.message}\n`);
  process.exitCode = 1;
});
