import { joinWorkers, type PickedBackend, type Workers } from '@capsnet/backend';
import { chooseBackend } from '../terminal/backend';
import type { Console } from '../terminal/console';
import type { HostOptions } from './host-options';

/** This process among those that train one network. */
export interface Joined {
  readonly workers: Workers;
  readonly backend: PickedBackend;
}

/**
 * Picks the backend, and waits for the other workers. With the variable CAPSNET_HOSTS_SECRET, only those are let in that have the same.
 *
 * @param backend that of the configuration
 * @throws UsageError when there is no such backend, CapsnetError for hosts or a rank that cannot be
 */
export async function joinTraining(
  output: Console,
  { hosts, rank }: HostOptions,
  backend: string | null,
): Promise<Joined> {
  const picked = await chooseBackend(output, backend);
  const workers = await joinWorkers({
    hosts,
    rank,
    secret: process.env.CAPSNET_HOSTS_SECRET,
    onWaiting: missing => output.print(`waiting for ${missing.join(', ')}`),
  });
  const { listensOn } = workers;
  output.print(
    `worker ${workers.rank} of ${workers.size}, at ${workers.hosts[workers.rank]}` +
      (listensOn === null ? ', which was open to every network of this machine until all had joined' : ''),
  );
  return { workers, backend: picked };
}
