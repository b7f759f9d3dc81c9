import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import sirv from 'sirv';
import { type Environment, type PageEnvironment, programOf } from './environment.js';
import { visit } from './page.js';

/**
 * Sets up a project, runs its commands and, of a page, visits it in Chromium.
 *
 * @param project has the packages
 * @throws Error when a command or the page fails, or does not end as the environment says
 */
export async function runProgram(project: string, environment: Environment): Promise<void> {
  const output = runCommands(project, environment);
  const expected = environment.refusal ?? /^(\s*|.*\| )done$/m;
  if (!expected.test(output)) throw new Error(`expected ${expected}, found:\n${output}`);
}

/** The same of a page, which is visited in Chromium. */
export async function runPage(project: string, environment: PageEnvironment): Promise<void> {
  runCommands(project, environment);
  const { served = 'dist', filesAt } = environment;
  if (typeof served === 'function') return withServer(project, served, visit);
  const folder = join(project, served);
  if (filesAt) {
    const installed = join(project, 'node_modules');
    const model = join(installed, '@capsnet/pretrained/models/efficient-capsnet-mnist');
    cpSync(model, join(folder, 'model'), { recursive: true });
    cpSync(join(installed, '@tensorflow/tfjs-backend-wasm/dist'), join(folder, 'wasm'), { recursive: true });
  }
  const server = createServer(sirv(folder));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await visit(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
}

/** The version of the tool; empty where there is none, or it could not be installed. */
export function versionOf(project: string, { tool }: Environment): string {
  const manifest = join(project, 'node_modules', tool ?? '', 'package.json');
  return tool && existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : '';
}

function runCommands(project: string, { files, commands, filesAt, manifest, refusal }: Environment): string {
  const all = { 'program.js': programOf(filesAt), ...files };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), content);
  }
  const packageJson = join(project, 'package.json');
  writeFileSync(
    packageJson,
    JSON.stringify({ ...JSON.parse(readFileSync(packageJson, 'utf8')), ...manifest }),
  );
  let output = '';
  for (const command of commands) {
    const { status, stdout, stderr } = spawnSync('npx', ['--no', '--', ...command], {
      cwd: project,
      encoding: 'utf8',
      env: environmentOfUsers(),
      timeout: 300_000,
    });
    output += `${stdout}${stderr}`;
    if ((status === 0) !== (refusal === undefined))
      throw new Error(`${command.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  }
  return output;
}

/** What serves the page by itself is asked until it answers, and ended. */
async function withServer(
  project: string,
  command: (port: number) => readonly string[],
  use: (url: string) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const server = spawn('npx', ['--no', '--', ...command(port)], {
    cwd: project,
    env: environmentOfUsers(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', chunk => {
      output += chunk;
    });
  try {
    await answered(server, `http://127.0.0.1:${port}/`);
    await use(`http://127.0.0.1:${port}/`);
  } catch (cause) {
    throw new Error(`${command(port).join(' ')}: ${(cause as Error).message}\n${output}`, { cause });
  } finally {
    // The tool is a child of npx.
    process.kill(-(server.pid as number));
  }
}

async function answered(server: ChildProcess, url: string): Promise<void> {
  for (const ended = once(server, 'exit').then(() => true); ; ) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    const retry = new Promise<false>(resolve => setTimeout(resolve, 200, false));
    if (await Promise.race([ended, retry])) throw new Error('the server ended');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Without what Vitest tells those whom it runs. */
function environmentOfUsers(): NodeJS.ProcessEnv {
  const { NODE_ENV: _, NODE_OPTIONS: __, NODE_PATH: ___, VITEST: ____, ...env } = process.env;
  return { ...env, NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', CI: 'true' };
}
