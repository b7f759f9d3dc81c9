import { parseArgs } from 'node:util';
import { formatCount, formatPercent } from '@capsnet/checks';
import { check } from './check';
import { publish } from './publish';

const usage = `npm run pretrained -- --run FOLDER --name NAME

  Quantises the network of a finished run of capsnet train or capsnet experiment, measures it before and after,
  and writes it with its model card into packages/pretrained/models/NAME.

npm run pretrained -- --check NAME

  Measures what was published on all test images again, on native and on wasm.
`;

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      run: { type: 'string' },
      name: { type: 'string' },
      check: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { run, name = values.check, help } = values;
  if (help) {
    process.stdout.write(usage);
    return;
  }
  if (name === undefined || (run === undefined) === (values.check === undefined)) {
    throw new Error(`expected --run FOLDER with --name NAME, or --check NAME\n\n${usage}`);
  }
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`--name ${name}: expected small letters, digits and "-"`);
  process.stdout.write(`${name}: ${await (run === undefined ? checked(name) : published(run, name))}\n`);
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

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`pretrained: ${error.message}\n`);
  process.exitCode = 1;
});
