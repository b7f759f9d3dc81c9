// Installs, builds the packages as their users get them, and provides the native backend if it can be had.
import { install, provideNative, requireNode } from '../workspace/src/prepare.mjs';
import { turbo } from '../workspace/src/process.mjs';

requireNode();
process.exitCode =
  (await install()) || (await turbo(['build', '--filter=@capsnet/bench...', '--output-logs=errors-only']));
if (process.exitCode === 0) await provideNative();
