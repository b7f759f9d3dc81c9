import { expect, it } from 'vitest';
import { hostOptions } from './host-options';

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
])('refuses $given with $variables', ({ given, variables, message }) => {
  expect(() => hostOptions(given, variables)).toThrow(message);
});
