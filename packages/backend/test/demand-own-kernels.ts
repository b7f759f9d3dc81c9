import { listBackends } from '@capsnet/backend';
import type { TestContext } from 'vitest';

const native = (await listBackends()).find(({ name }) => name === 'native')!;
const missing = !native.available
  ? native.reason
  : / our own kernels for /.test(native.device)
    ? undefined
    : native.device;

/** Skips the test where our kernels are not in use, and says why. */
export function demandOwnKernels({ task, skip }: TestContext): void {
  if (missing === undefined) return;
  task.meta.missing = missing;
  skip(missing);
}
