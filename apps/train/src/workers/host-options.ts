import { UsageError } from '../terminal/errors';
import { environmentNumber } from './environment-number';
import { slurmHosts } from './slurm-hosts';

export interface HostOptions {
  readonly hosts: readonly string[];
  /** Undefined where the addresses of this machine tell. */
  readonly rank: number | undefined;
}

/**
 * `--hosts` and `--rank`. What starts a process on each host, such as torchrun, mpirun or srun, numbers them in a variable, which
 * counts where `--rank` is not given. With `--hosts env` the hosts are those of the launcher as well.
 *
 * @returns undefined for a training on this machine alone
 * @throws UsageError for a rank without hosts, a variable that contradicts them, or variables that do not tell the hosts
 */
export function hostOptions(
  { hosts: list, rank }: { readonly hosts?: string | undefined; readonly rank?: number | undefined },
  environment: NodeJS.ProcessEnv = process.env,
): HostOptions | undefined {
  if (list === undefined) {
    if (rank !== undefined) throw new UsageError('--rank: expected --hosts with it');
    return undefined;
  }
  if (list === 'env' && rank !== undefined)
    throw new UsageError('--rank: expected none with --hosts env, whose variables tell it');
  const hosts = list === 'env' ? hostsOfLauncher(environment) : list.split(',').map(host => host.trim());
  const launcher = rank === undefined && launchers.find(names => environment[names.rank] !== undefined);
  if (!launcher) return { hosts, rank };
  const size = environment[launcher.size];
  if (size !== undefined && size !== String(hosts.length)) {
    throw new UsageError(`--hosts: expected ${size} hosts, as ${launcher.size} says, found ${hosts.length}`);
  }
  return { hosts, rank: environmentNumber(launcher.rank, environment) };
}

/** What to say to somebody who has had several processes started by a launcher, and not told them to train together. */
export function launchedApart(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const launcher = launchers.find(
    ({ rank, size }) => environment[rank] !== undefined && Number(environment[size]) > 1,
  );
  if (!launcher) return undefined;
  return (
    `${launcher.size} says that this is one of ${environment[launcher.size]} processes: each of them trains on its own. ` +
    'To train one network together, add --hosts env, or --hosts with NAME:PORT of each'
  );
}

/** torchrun, mpirun of Open MPI, srun. */
const launchers = [
  { rank: 'RANK', size: 'WORLD_SIZE' },
  { rank: 'OMPI_COMM_WORLD_RANK', size: 'OMPI_COMM_WORLD_SIZE' },
  { rank: 'SLURM_PROCID', size: 'SLURM_NTASKS' },
];

function hostsOfLauncher(environment: NodeJS.ProcessEnv): readonly string[] {
  const { RANK, WORLD_SIZE, LOCAL_WORLD_SIZE, MASTER_ADDR, SLURM_PROCID } = environment;
  if (RANK !== undefined && WORLD_SIZE !== undefined && MASTER_ADDR !== undefined) {
    if (LOCAL_WORLD_SIZE !== WORLD_SIZE) {
      throw new UsageError(
        '--hosts env: MASTER_ADDR is the address of one machine, and no variable has those of the others: expected all of ' +
          `WORLD_SIZE=${WORLD_SIZE} on one machine (LOCAL_WORLD_SIZE=${WORLD_SIZE}), found LOCAL_WORLD_SIZE=${LOCAL_WORLD_SIZE}. ` +
          'Name the hosts, in the order of RANK: --hosts NAME:PORT,NAME:PORT',
      );
    }
    // The port itself is that of torchrun's store.
    const port = environmentNumber('MASTER_PORT', environment) + 1;
    return Array.from({ length: Number(WORLD_SIZE) }, (_, rank) => `${MASTER_ADDR}:${port + rank}`);
  }
  if (SLURM_PROCID !== undefined) return slurmHosts(environment);
  throw new UsageError(
    '--hosts env: expected the variables of srun (SLURM_PROCID, SLURM_JOB_NODELIST) or of torchrun (RANK, WORLD_SIZE, ' +
      'MASTER_ADDR, MASTER_PORT), found neither',
  );
}
