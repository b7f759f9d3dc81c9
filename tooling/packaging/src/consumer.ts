import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@capsnet/workspace/process';
import ts from 'typescript';

/**
 * Makes the project of a user: an empty folder into which npm installs packages.
 *
 * @param folder   does not exist yet
 * @param packages as after `npm install`
 * @param tarballs our packages' files by name; they take the place of the published ones, also where one needs another
 * @throws Error when npm fails; its messages are on the terminal
 */
export async function createConsumer(
  folder: string,
  packages: readonly string[],
  tarballs: Readonly<Record<string, string>>,
): Promise<void> {
  const dependencies: Record<string, string> = { '@types/node': '20' };
  const overrides = { ...tarballs };
  for (const spec of packages) {
    const [, name, version = '*'] = /^(@?[^@]+)(?:@(.+))?$/.exec(spec) as RegExpExecArray & { 1: string };
    dependencies[name] = tarballs[name] ?? version;
    delete overrides[name];
  }
  mkdirSync(folder);
  const manifest = { private: true, type: 'module', dependencies, overrides };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  // What is optional must not be needed; the native backend is large, too.
  const options = ['--omit=optional', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await run('npm', ['install', ...options], { cwd: folder });
  if (code !== 0) throw new Error(`npm install ${packages.join(' ')} ended with ${code}`);
}

/**
 * Checks the types of an ES module as `module: nodenext` does, and runs it.
 *
 * @param folder a consumer's
 * @returns what it printed
 * @throws Error with the compiler's or the program's messages
 */
export function runExample(folder: string, source: string): string {
  const path = join(folder, 'example.ts');
  writeFileSync(path, source);
  checkTypes(path);
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  writeFileSync(join(folder, 'example.mjs'), outputText);
  return runNode(folder, ['example.mjs']);
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

function checkTypes(path: string): void {
  const program = ts.createProgram([path], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: ['node'],
    typeRoots: [join(path, '..', 'node_modules', '@types')],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  });
  const problems = ts.getPreEmitDiagnostics(program);
  if (problems.length === 0) return;
  const host = {
    getCanonicalFileName: (name: string) => name,
    getCurrentDirectory: () => join(path, '..'),
    getNewLine: () => '\n',
  };
  throw new Error(ts.formatDiagnostics(problems, host));
}
