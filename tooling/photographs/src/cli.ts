import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { handNames } from './hands';
import { photographOfDigits, photographSet } from './photographs';

await new Command('npm run photographs --')
  .description(
    'Makes pictures that look like photographs of handwriting: 60 of digits and 20 without any, or one of a number. The same seed makes the same pictures.',
  )
  .option('--seed <n>', 'of all that is random', wholeNumber, 1)
  .option('--text <digits>', 'one picture of this number instead', digits)
  .addOption(new Option('--hand <name>', 'who writes it').choices(handNames).default('school' as const))
  .option('--out <folder>', 'folder to write them into', 'photographs')
  .action(async ({ seed, text, hand, out }) => {
    await mkdir(out, { recursive: true });
    if (text !== undefined) {
      await writeFile(join(out, `${text}.jpg`), await photographOfDigits(text, hand, seed));
      return;
    }
    const { digits, others } = await photographSet(seed);
    for (const { name, jpeg } of [...digits, ...others]) await writeFile(join(out, name), jpeg);
  })
  .parseAsync();

function wholeNumber(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError('Expected a whole number below 1,000,000.');
  return Number(value);
}

function digits(value: string): string {
  if (!/^\d{1,12}$/.test(value)) throw new InvalidArgumentError('Expected 1 to 12 digits.');
  return value;
}
