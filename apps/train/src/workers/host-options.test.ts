import { expect, it } from 'vitest';
import { hostOptions, launchedApart } from './host-options';

const hosts = 'a:7000, b:7000';
const both = ['a:7000', 'b:7000'];

it.each([
  { title: 'nothing', given: {}, variables: { RANK: '1' }, expected: undefined },
  { title: 'hosts alone', given: { hosts }, variables: {}, expected: { hosts: both, rank: undefined } },
  { title: 'a rank', given: { hosts, rank: 1 }, variables: {}, expected: { hosts: both, rank: 1 } },
  {
    title: 'torchrun',
    given: { hosts },
    variables: { RANK: '1', WORLD_SIZE: '2' },
    expected: { hosts: both, rank: 1 },
  },
  {
    title: 'srun',
    given: { hosts },
    variables: { SLURM_PROCID: '0', SLURM_NTASKS: '2' },
    expected: { hosts: both, rank: 0 },
  },
  {
    title: 'mpirun',
    given: { hosts },
    variables: { OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '2' },
    expected: { hosts: both, rank: 1 },
  },
  {
    title: 'torchrun on one machine',
    given: { hosts: 'env' },
    variables: {
      ...{ RANK: '1', WORLD_SIZE: '2', LOCAL_WORLD_SIZE: '2' },
      ...{ MASTER_ADDR: '127.0.0.1', MASTER_PORT: '29500' },
    },
    expected: { hosts: ['127.0.0.1:29501', '127.0.0.1:29502'], rank: 1 },
  },
  {
    // As Slurm 23 sets them for srun --nodes 4 --ntasks 6, the first two nodes taking two tasks each.
    title: 'srun on several nodes',
    given: { hosts: 'env' },
    variables: {
      ...{ SLURM_PROCID: '3', SLURM_NTASKS: '6', SLURM_NODEID: '1', SLURM_JOB_ID: '1234567' },
      ...{ SLURM_JOB_NODELIST: 'gpu[08-10],cpu-a', SLURM_TASKS_PER_NODE: '2(x2),1(x2)' },
    },
    expected: {
      hosts: ['gpu08:24567', 'gpu08:24568', 'gpu09:24567', 'gpu09:24568', 'gpu10:24567', 'cpu-a:24567'],
      rank: 3,
    },
  },
  {
    title: 'srun with a port',
    given: { hosts: 'env' },
    variables: {
      ...{ SLURM_PROCID: '0', SLURM_NTASKS: '2', MASTER_PORT: '7000' },
      ...{ SLURM_STEP_NODELIST: 'n[9-10]', SLURM_STEP_TASKS_PER_NODE: '1(x2)' },
    },
    expected: { hosts: ['n9:7000', 'n10:7000'], rank: 0 },
  },
  {
    title: 'a rank that a shell under srun is given by hand',
    given: { hosts, rank: 1 },
    variables: { SLURM_PROCID: '0', SLURM_NTASKS: '1' },
    expected: { hosts: both, rank: 1 },
  },
])('$title tells which worker this is', ({ given, variables, expected }) => {
  expect(hostOptions(given, variables)).toEqual(expected);
});

it.each([
  { given: { rank: 0 }, variables: {}, message: '--rank: expected --hosts with it' },
  {
    given: { hosts },
    variables: { RANK: '0', WORLD_SIZE: '3' },
    message: '--hosts: expected 3 hosts, as WORLD_SIZE says, found 2',
  },
  { given: { hosts }, variables: { RANK: 'first' }, message: 'RANK: expected a whole number' },
  { given: { hosts: 'env' }, variables: {}, message: '--hosts env: expected the variables of srun' },
  { given: { hosts: 'env', rank: 0 }, variables: {}, message: '--rank: expected none with --hosts env' },
  {
    given: { hosts: 'env' },
    variables: { RANK: '1', WORLD_SIZE: '4', LOCAL_WORLD_SIZE: '2', MASTER_ADDR: 'a', MASTER_PORT: '29500' },
    message: 'Name the hosts, in the order of RANK',
  },
  {
    given: { hosts: 'env' },
    variables: {
      ...{ SLURM_PROCID: '1', SLURM_NTASKS: '4', SLURM_NODEID: '1', SLURM_JOB_ID: '7' },
      ...{ SLURM_JOB_NODELIST: 'n[1-2]', SLURM_TASKS_PER_NODE: '2(x2)' },
    },
    message:
      'expected the tasks of a node one after the other (srun --distribution=block), found task 1 on node 1',
  },
  ...['n[1-', 'n[1-999999999]', 'n[a]', ''].map(list => ({
    given: { hosts: 'env' },
    variables: { SLURM_PROCID: '0', SLURM_NTASKS: '2', SLURM_JOB_ID: '7', SLURM_JOB_NODELIST: list },
    message: 'SLURM_JOB_NODELIST: cannot be read',
  })),
])('refuses $given with $variables', ({ given, variables, message }) => {
  expect(() => hostOptions(given, variables)).toThrow(message);
});

it('has a word for processes that a launcher starts and nobody brings together', () => {
  expect(launchedApart({ RANK: '1', WORLD_SIZE: '4' })).toContain(
    'WORLD_SIZE says that this is one of 4 processes',
  );
  expect(launchedApart({ SLURM_PROCID: '0', SLURM_NTASKS: '2' })).toContain('add --hosts env');
  // A job of one task, a shell on the node of a job, no launcher.
  for (const alone of [{ SLURM_PROCID: '0', SLURM_NTASKS: '1' }, { SLURM_NTASKS: '2' }, {}])
    expect(launchedApart(alone)).toBeUndefined();
});
