import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** Null is what was not recorded, or what this system does not tell. */
export interface Machine {
  readonly processor: string;
  /** Of {@link interesting}, those that the processor has. */
  readonly instructionSets: readonly string[] | null;
  readonly cores: number;
  readonly pageBytes: number | null;
  /** What Linux gives out in huge pages: `always` all memory, `madvise` what a program asks it for, or `never`. */
  readonly hugePages: string | null;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? process.arch,
    instructionSets: instructionSets(),
    cores: availableParallelism(),
    pageBytes: pageBytes(),
    hugePages: chosen(read('/sys/kernel/mm/transparent_hugepage/enabled') ?? ''),
    memoryBytes: totalmem(),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.versions.node,
  };
}

/** Whether two entries are of one machine: what decides over speed is the same. */
export function isSameMachine(a: Machine, b: Machine): boolean {
  const key = ({ processor, instructionSets, cores, pageBytes, hugePages }: Machine) =>
    JSON.stringify([processor, instructionSets, cores, pageBytes, hugePages]);
  return key(a) === key(b);
}

/** Sets that kernels of ours, of TensorFlow and of PyTorch are written for, as systems name them. */
const interesting: Readonly<Record<string, string>> = {
  avx2: 'avx2',
  fma: 'fma',
  avx512f: 'avx512f',
  avx512_bf16: 'avx512_bf16',
  amx_tile: 'amx',
  asimd: 'neon',
  sve: 'sve',
  sve2: 'sve2',
};

/** Of a list of a processor's features in any case, with space between them: those that matter here. */
export function interestingOf(features: string): string[] {
  const found = new Set(features.toLowerCase().split(/\s+/));
  return Object.keys(interesting)
    .filter(name => found.has(name))
    .map(name => interesting[name]!);
}

function instructionSets(): string[] | null {
  if (process.platform === 'darwin' && process.arch === 'arm64') return ['neon'];
  const features =
    process.platform === 'darwin'
      ? output('sysctl', ['-n', 'machdep.cpu.features', 'machdep.cpu.leaf7_features'])
      : /^(?:flags|Features)\s*:(.*)$/m.exec(read('/proc/cpuinfo') ?? '')?.[1];
  return features ? interestingOf(features) : null;
}

function pageBytes(): number | null {
  const text = process.platform === 'win32' ? null : output('getconf', ['PAGESIZE']);
  return text ? Number(text) : null;
}

/** `madvise` of `always [madvise] never`. */
export function chosen(choices: string): string | null {
  return /\[(.+)\]/.exec(choices)?.[1] ?? null;
}

/** The checkout's commit, with `-dirty` if files differ from it; null outside a checkout. */
export function describeCommit(folder: string): string | null {
  const args = ['describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'];
  return output('git', args, folder);
}

/** What a program prints; null if it cannot be run. */
function output(program: string, args: readonly string[], cwd?: string): string | null {
  try {
    return execFileSync(program, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return null;
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
