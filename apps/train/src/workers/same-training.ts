import type { PickedBackend, Workers } from '@capsnet/backend';
import { differences, show } from '@capsnet/checks';
import { storedConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import type { DataDigests } from '../data/digests';
import { withoutPlace } from '../runs/sessions';
import { UsageError } from '../terminal/errors';
import { commit, versions } from '../terminal/versions';
import type { Joined } from './join-training';

/** What a worker says of itself before the images are read. */
interface Introduction {
  readonly resume: boolean;
  /** What it was told to train; null for one that takes over what the first worker goes on with. */
  readonly config: RunConfig | null;
  readonly capsnet: string;
  readonly tfjs: string;
  /** What computes: another one gives other last bits, and weights have to be the same on all. */
  readonly backend: string;
}

/**
 * Compares what the workers are to train, and with what.
 *
 * @param config null for that of the first worker
 * @returns the configuration of all
 * @throws UsageError on every worker, that names the first difference
 */
export async function sameConfig(
  { workers, backend }: Joined,
  { resume, config }: Pick<Introduction, 'resume' | 'config'>,
): Promise<RunConfig> {
  const { capsnet, tfjs } = versions();
  const own: Introduction = {
    resume,
    config,
    capsnet: commit() ?? capsnet!,
    tfjs: tfjs!,
    backend: kernelsOf(backend),
  };
  const all = (await workers.gather(JSON.stringify(own))).map(text => JSON.parse(text) as Introduction);
  const first = all[0]!;
  expectSame(workers, all, ({ capsnet, tfjs }) => ({ capsnet, tfjs }), 'the same program');
  expectSame(workers, all, ({ backend }) => ({ backend }), 'the same backend and instruction set');
  expectSame(workers, all, ({ resume }) => ({ '--resume': resume }), 'the same options');
  expectSame(workers, all, each => withoutPlace(each.config ?? first.config!), 'the same configuration');
  return config ?? storedConfig(first.config);
}

/** `native, avx512`: without processor, versions and threads, by which the weights of a worker do not differ from those of another. */
function kernelsOf({ name, device }: PickedBackend): string {
  const [, instructionSet] = /our own kernels for (\w+)/.exec(device) ?? [];
  return [name, ...(instructionSet ? [instructionSet] : [])].join(', ');
}

/** @throws UsageError on every worker, when their images are not the same */
export async function expectSameImages(workers: Workers, digests: DataDigests): Promise<void> {
  const all = (await workers.gather(JSON.stringify(digests))).map(text => JSON.parse(text) as DataDigests);
  expectSame(
    workers,
    all,
    ({ train, test }) => ({
      'the SHA-256 of the training images': train,
      'the SHA-256 of the test images': test,
    }),
    'the same images',
  );
}

function expectSame<T>(
  workers: Workers,
  all: readonly T[],
  values: (each: T) => unknown,
  what: string,
): void {
  const [first, ...others] = all.map(values);
  for (const [at, other] of others.entries()) {
    const [difference] = differences(first, other);
    if (!difference) continue;
    const { path, before, now } = difference;
    const rank = at + 1;
    throw new UsageError(
      `--hosts: expected ${what} on every host, found ${path} ${show(before)} on worker 0 (${workers.hosts[0]}) and ` +
        `${show(now)} on worker ${rank} (${workers.hosts[rank]})`,
    );
  }
}
