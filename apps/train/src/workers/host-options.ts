import { UsageError } from '../terminal/errors';

/** What the options, or the variables of a launcher, say of the workers of one training. */
export interface HostOptions {
  /** `name:port` of each, in the order of their ranks. */
  readonly hosts: readonly string[];
  /** Undefined where the addresses of this machine tell. */
  readonly rank: number | undefined;
}

/**
 * `--hosts` and `--rank`. What starts a process on each host, such as torchrun, mpirun or srun, numbers them in a variable, which
 * counts where `--rank` is not given.
 *
 * @returns undefined for a training on this machine alone
 * @throws UsageError for a rank without hosts, or a variable that contradicts them
 */
export function hostOptions(
  { hosts: list, rank }: { readonly hosts?: string | undefined; readonly rank?: number | undefined },
  environment: NodeJS.ProcessEnv = process.env,
): HostOptions | undefined {
  if (list === undefined) {
    if (rank !== undefined) throw new UsageError('--rank: expected --hosts with it');
    return undefined;
  }
  const hosts = list.split(',').map(host => host.trim());
  const launcher = rank === undefined && launchers.find(names => environment[names.rank] !== undefined);
  if (!launcher) return { hosts, rank };
  const size = environment[launcher.size];
  if (size !== undefined && size !== String(hosts.length)) {
    throw new UsageError(`--hosts: expected ${size} hosts, as ${launcher.size} says, found ${hosts.length}`);
  }
  return { hosts, rank: rankIn(launcher.rank, environment) };
}

/** torchrun, mpirun of Open MPI, srun. */
const launchers = [
  { rank: 'RANK', size: 'WORLD_SIZE' },
  { rank: 'OMPI_COMM_WORLD_RANK', size: 'OMPI_COMM_WORLD_SIZE' },
  { rank: 'SLURM_PROCID', size: 'SLURM_NTASKS' },
];

function rankIn(name: string, environment: NodeJS.ProcessEnv): number {
  const text = environment[name]!;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`${name}: expected a whole number, the rank of this worker, found ${text}`);
}
