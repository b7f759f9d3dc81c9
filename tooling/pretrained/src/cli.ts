import { parseArgs } from 'node:util';
import { publish } from './publish';

const usage = `npm run pretrained -- --run FOLDER --name NAME

  Quantises the network of a finished run of capsnet train or capsnet experiment, measures it before and after,
  and writes it with its model card into packages/pretrained/models/NAME.
`;

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { run: { type: 'string' }, name: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  const { run, name, help } = values;
  if (help) {
    process.stdout.write(usage);
    return;
  }
  if (run === undefined || name === undefined)
    throw new Error(`expected --run FOLDER and --name NAME\n\n${usage}`);
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`--name ${name}: expected small letters, digits and "-"`);
  const { test, files } = await publish(run, name, line => process.stderr.write(`${line}\n`));
  const percent = (fraction: number) => `${(100 * fraction).toFixed(2)}%`;
  process.stdout.write(
    `${name}: ${percent(test.quantised.error)} test error, ${percent(test.float.error)} before quantisation; ` +
      `${files.weights.bytes} bytes, its decoder ${files.decoder.bytes}\n`,
  );
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`pretrained: ${error.message}\n`);
  process.exitCode = 1;
});
