import { run } from './run';

/** @throws an error that names everything this machine lacks for building the addon against TensorFlow's Python wheel */
export async function checkBuildTools(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `building the addon works on linux-x64 only, this is ${process.platform}-${process.arch}`,
    );
  }
  if (!usesGlibc())
    throw new Error('building the addon needs a Linux with glibc, this one has another C library');
  const missing: string[] = [];
  for (const [program, args, packages] of tools) {
    await run(program, args, { timeout: 60_000 }).catch(() => missing.push(packages));
  }
  if (missing.length > 0) throw new Error(`building the addon needs ${missing.join(' and ')}`);
}

/** @throws an error that names what this machine lacks for compiling our own kernels: less than the addon needs */
export async function checkCompiler(): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error(`building them works on Linux only, this is ${process.platform}-${process.arch}`);
  await run('g++', ['--version'], { timeout: 60_000 }).catch(() => {
    throw new Error('building them needs g++');
  });
}

const tools = [
  ['python3', ['-m', 'pip', '--version'], 'python3 with pip'],
  ['g++', ['--version'], 'g++'],
] as const;

function usesGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
