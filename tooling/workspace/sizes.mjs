// `npm run sizes`: notes how large the packages are now, in sizes.json, which `npm test` compares with. A release does it, too.
import { install, requireNode } from './src/prepare.mjs';
import { turbo } from './src/process.mjs';
import { writeRecord } from './src/sizes.mjs';

requireNode();
process.exitCode =
  (await install()) ||
  (await turbo(['build', '--filter=./packages/*', '--filter=@capsnet/train', '--output-logs=errors-only']));
if (process.exitCode === 0) writeRecord();
