import { joinWorkers, type PickedBackend, type Workers } from '@capsnet/backend';
import { chooseBackend } from '../terminal/backend';
import type { Console } from '../terminal/console';
import { UsageError } from '../terminal/errors';
import type { HostOptions } from './host-options';

/** This process among those that train one network. */
export interface Joined {
  readonly workers: Workers;
  readonly backend: PickedBackend;
}

/**
 * Picks the native backend, which alone exchanges gradients, and waits for the other workers.
 *
 * @param backend that of the configuration
 * @throws UsageError when this machine cannot take part, CapsnetError for hosts or a rank that cannot be
 */
export async function joinTraining(
  output: Console,
  { hosts, rank }: HostOptions,
  backend: string | null,
): Promise<Joined> {
  if (backend !== null && backend !== 'native') {
    throw new UsageError(`--hosts: expected the native backend, found ${backend}`);
  }
  // A lost worker is told of in one line, without all that TensorFlow and gRPC have to say about it.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  process.env.GRPC_VERBOSITY ??= 'NONE';
  const picked = await chooseBackend(output, 'native');
  const workers = await joinWorkers({
    hosts,
    rank,
    onWaiting: missing => output.print(`waiting for ${missing.join(', ')}`),
  });
  const { listensOn } = workers;
  output.print(
    `worker ${workers.rank} of ${workers.size}, at ${workers.hosts[workers.rank]}` +
      (listensOn === null ? ', open to every network of this machine' : `, open to ${listensOn} alone`),
  );
  return { workers, backend: picked };
}
