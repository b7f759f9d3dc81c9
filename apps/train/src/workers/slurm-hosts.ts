import { UsageError } from '../terminal/errors';
import { printableName } from '../terminal/printable';
import { environmentNumber } from './environment-number';

/**
 * The hosts of a job step of Slurm, a task each, in the order of SLURM_PROCID: as srun places them by default, the tasks of a node one
 * after the other. Ports count from MASTER_PORT, or else from a number that the job has for itself, as far as jobs do.
 *
 * @throws UsageError if the variables do not tell, or this task is elsewhere than they say
 */
export function slurmHosts(environment: NodeJS.ProcessEnv): string[] {
  const { SLURM_STEP_NODELIST, SLURM_JOB_NODELIST, SLURM_STEP_TASKS_PER_NODE, SLURM_TASKS_PER_NODE } =
    environment;
  const nodes = nodesOf(SLURM_STEP_NODELIST ?? SLURM_JOB_NODELIST ?? '');
  const tasks = tasksOf(SLURM_STEP_TASKS_PER_NODE ?? SLURM_TASKS_PER_NODE ?? `1(x${nodes.length})`);
  const port =
    environment.MASTER_PORT === undefined
      ? 20_000 + (environmentNumber('SLURM_JOB_ID', environment) % 10_000)
      : environmentNumber('MASTER_PORT', environment);
  if (nodes.length !== tasks.length)
    throw new UsageError(
      `--hosts env: expected tasks for ${nodes.length} nodes in SLURM_TASKS_PER_NODE, found ${tasks.length}`,
    );
  const placed = nodes.flatMap((node, at) =>
    Array.from({ length: tasks[at]! }, (_, task) => ({ at, host: `${node}:${port + task}` })),
  );
  const { SLURM_NODEID: nodeId } = environment;
  const own = placed[environmentNumber('SLURM_PROCID', environment)];
  if (nodeId !== undefined && own && own.at !== Number(nodeId)) {
    throw new UsageError(
      '--hosts env: expected the tasks of a node one after the other (srun --distribution=block), found task ' +
        `${environment.SLURM_PROCID} on node ${printableName(nodeId)}`,
    );
  }
  return placed.map(({ host }) => host);
}

/** `a[01-03,7],b` as a01, a02, a03, a7, b. */
function nodesOf(list: string): string[] {
  const names = list.match(/[^,[\]]+(\[[^\]]*\])?[^,[\]]*/g);
  if (!names || names.join(',') !== list) throw unreadable('SLURM_JOB_NODELIST', list);
  return names.flatMap(name => {
    const [, before, ranges, after] = /^([^[]*)\[([\d,-]+)\]([^[]*)$/.exec(name) ?? [];
    if (ranges === undefined) {
      if (name.includes('[')) throw unreadable('SLURM_JOB_NODELIST', list);
      return [name];
    }
    return ranges.split(',').flatMap(range => {
      const [from, to = from] = range.split('-') as [string, string?];
      const count = Number(to) - Number(from) + 1;
      if (!(count >= 1 && count <= 1024)) throw unreadable('SLURM_JOB_NODELIST', list);
      return Array.from({ length: count }, (_, at) => {
        const number = String(Number(from) + at).padStart(from.length, '0');
        return `${before}${number}${after}`;
      });
    });
  });
}

/** `2(x3),1` as 2, 2, 2, 1. */
function tasksOf(text: string): number[] {
  return text.split(',').flatMap(part => {
    const [, tasks, nodes = '1'] = /^(\d{1,4})(?:\(x(\d{1,4})\))?$/.exec(part) ?? [];
    if (tasks === undefined) throw unreadable('SLURM_TASKS_PER_NODE', text);
    return new Array<number>(Number(nodes)).fill(Number(tasks));
  });
}

function unreadable(name: string, text: string): UsageError {
  return new UsageError(`--hosts env: ${name}: cannot be read: ${printableName(text || 'empty')}`);
}
