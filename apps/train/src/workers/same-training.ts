import type { Workers } from '@capsnet/backend';
import { differences, show } from '@capsnet/checks';
import { storedConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import type { DataDigests } from '../data/digests';
import { withoutPlace } from '../runs/sessions';
import { UsageError } from '../terminal/errors';
import { commit, versions } from '../terminal/versions';

/** What a worker says of itself before the images are read. */
interface Introduction {
  readonly resume: boolean;
  /** What it was told to train; null for one that takes over what the first worker goes on with. */
  readonly config: RunConfig | null;
  readonly capsnet: string;
  readonly tfjs: string;
}

/**
 * Compares what the workers are to train, and with what.
 *
 * @param config null for that of the first worker
 * @returns the configuration of all
 * @throws UsageError on every worker, that names the first difference
 */
export async function sameConfig(
  workers: Workers,
  { resume, config }: Pick<Introduction, 'resume' | 'config'>,
): Promise<RunConfig> {
  const { capsnet, tfjs } = versions();
  const own: Introduction = { resume, config, capsnet: commit() ?? capsnet!, tfjs: tfjs! };
  const all = (await workers.gather(JSON.stringify(own))).map(text => JSON.parse(text) as Introduction);
  const first = all[0]!;
  expectSame(workers, all, ({ capsnet, tfjs }) => ({ capsnet, tfjs }), 'the same program');
  expectSame(workers, all, ({ resume }) => ({ '--resume': resume }), 'the same options');
  expectSame(workers, all, each => withoutPlace(each.config ?? first.config!), 'the same configuration');
  return config ?? storedConfig(first.config);
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
