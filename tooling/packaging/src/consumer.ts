import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, runWithPnpm } from '@capsnet/workspace/process';
import ts from 'typescript';
import type { Example } from './readme.js';

// The project of a user: an empty folder with our packages installed.

const npmOptions = ['--no-audit', '--no-fund', '--loglevel=error'];
const strict = '--engine-strict';
/** What of ours is optional must not be needed; the native backend is large, too. Of bundlers it is their binaries. */
const withoutOptional = '--omit=optional';

/**
 * Installs packages from their files with npm.
 *
 * @param folder   does not exist yet
 * @param packages as after `npm install`
 * @param tarballs our packages' files by name; they take the place of the published ones, also where one needs another
 * @throws Error when npm fails; its messages are on the terminal
 */
export async function installTarballs(
  folder: string,
  packages: readonly string[],
  tarballs: Readonly<Record<string, string>>,
): Promise<void> {
  const dependencies: Record<string, string> = {};
  const overrides = { ...tarballs };
  for (const spec of packages) {
    const [, name, version = '*'] = /^(@?[^@]+)(?:@(.+))?$/.exec(spec) as RegExpExecArray & { 1: string };
    dependencies[name] = tarballs[name] ?? version;
    delete overrides[name];
  }
  createProject(folder, { dependencies, overrides });
  const code = await run('npm', ['install', '--prefer-offline', strict, withoutOptional, ...npmOptions], {
    cwd: folder,
  });
  if (code !== 0) throw new Error(`npm install ${packages.join(' ')} ended with ${code}`);
}

/**
 * Installs packages by their names, ours from a registry of their own.
 *
 * @param folder   does not exist yet
 * @param packages as after `npm install`
 * @param registry the address that has the packages of the scope `@capsnet`
 * @param options.optional whether to install what packages have as optional. Default false
 * @param options.anyEngine whether npm lets pass what this Node is too old for. Default false
 * @throws Error when the package manager fails; its messages are on the terminal
 */
export async function installByName(
  folder: string,
  manager: 'npm' | 'pnpm',
  packages: readonly string[],
  registry: string,
  { optional = false, anyEngine = false } = {},
): Promise<void> {
  createProject(folder, {});
  writeFileSync(join(folder, '.npmrc'), `@capsnet:registry=${registry}\n`);
  const code =
    manager === 'npm'
      ? await run(
          'npm',
          [
            'install',
            '--prefer-offline',
            ...(anyEngine ? [] : [strict]),
            ...(optional ? [] : [withoutOptional]),
            ...npmOptions,
            ...packages,
          ],
          { cwd: folder },
        )
      : await runWithPnpm(['pnpm', 'add', '--no-optional', ...packages], { cwd: folder });
  if (code !== 0) throw new Error(`${manager}, asked for ${packages.join(' ')}, ended with ${code}`);
}

function createProject(folder: string, dependencies: object): void {
  mkdirSync(folder);
  const manifest = {
    private: true,
    type: 'module',
    ...dependencies,
    devDependencies: { '@types/node': '20' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
}

/** What npm writes about an installed package into package-lock.json. */
interface LockedPackage {
  readonly license?: string;
  readonly deprecated?: string;
  readonly optional?: boolean;
}

/**
 * @param folder a consumer's, filled by npm
 * @returns what was installed, by its folder; what is optional was not
 */
export function installedPackages(folder: string): [path: string, LockedPackage][] {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return Object.entries<LockedPackage>(packages).filter(([path, { optional }]) => path !== '' && !optional);
}

/** How TypeScript finds the types of a package: as Node 16 and later find its code, or as a bundler does. */
export type Resolution = 'node16' | 'bundler';

const resolutions = {
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
} satisfies Record<Resolution, ts.CompilerOptions>;

/**
 * Checks the types of examples as the user's compiler does, those of browsers without the types of Node.
 *
 * @param folder a consumer's
 * @throws Error with the compiler's messages
 */
export function checkTypes(folder: string, examples: readonly Example[], resolution: Resolution): void {
  for (const { number, source } of examples) writeFileSync(join(folder, `example-${number}.ts`), source);
  const given = new URL('../given.d.ts', import.meta.url);
  writeFileSync(join(folder, 'given.d.ts'), readFileSync(given));
  const inNode = examples.filter(({ place }) => place !== 'browser');
  compile(folder, inNode, { ...resolutions[resolution], types: ['node'], skipLibCheck: true });
  const inBrowser = examples.filter(({ place }) => place === 'browser' || place === 'anywhere');
  // With our declarations, which must not need those of Node.
  if (resolution === 'bundler') compile(folder, inBrowser, { ...resolutions.bundler, types: [] });
}

function compile(folder: string, examples: readonly Example[], options: ts.CompilerOptions): void {
  if (examples.length === 0) return;
  const files = examples.map(({ number }) => join(folder, `example-${number}.ts`));
  if (examples.some(({ place }) => place === 'excerpt')) files.push(join(folder, 'given.d.ts'));
  const all: ts.CompilerOptions = {
    ...options,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    typeRoots: [join(folder, 'node_modules', '@types')],
    strict: true,
    noEmit: true,
  };
  const program = ts.createProgram(files, all, compilerHost(all));
  // Those of others are not checked: the declarations of tfjs have errors, which its users hide by skipLibCheck.
  const counts = ({ fileName }: ts.SourceFile) => !/node_modules\/(?!@capsnet\/)/.test(fileName);
  const problems = program
    .getSourceFiles()
    .filter(counts)
    .flatMap(file => ts.getPreEmitDiagnostics(program, file));
  if (problems.length === 0) return;
  const host = {
    getCanonicalFileName: (name: string) => name,
    getCurrentDirectory: () => folder,
    getNewLine: () => '\n',
  };
  throw new Error(ts.formatDiagnostics(problems, host));
}

const standardLibrary = new Map<string, ts.SourceFile | undefined>();

/** Reads the declarations that come with TypeScript once: they are the same for all packages. */
function compilerHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const folder = dirname(ts.getDefaultLibFilePath(options));
  return {
    ...host,
    getSourceFile(name, ...rest) {
      if (dirname(name) !== folder) return host.getSourceFile(name, ...rest);
      const file = standardLibrary.get(name) ?? host.getSourceFile(name, ...rest);
      standardLibrary.set(name, file);
      return file;
    },
  };
}

/**
 * Runs an example in Node.
 *
 * @param folder a consumer's
 * @returns what it printed
 * @throws Error with the program's messages
 */
export function runExample(folder: string, { number, source }: Example): string {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  writeFileSync(join(folder, `example-${number}.mjs`), outputText);
  return runNode(folder, [`example-${number}.mjs`]);
}

/**
 * @param folder a consumer's
 * @returns what the program printed on stdout
 * @throws Error with the program's messages when it does not end with 0
 */
export function runNode(folder: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
