import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { addonVersion, buildAddon } from './addon';
import { alone } from './alone';
import { checkBuildTools, checkCompiler } from './build-tools';
import { installCommand } from './install-command';
import { libtensorflow } from './libtensorflow';
import { buildOwnKernels, inspectOwnKernels, type OwnKernels, ownKernelsPath } from './own-kernels';
import { tfjsNodeCopies } from './tfjs-node-copies';
import { vendorDownload } from './vendor-download';

interface InstallOptions {
  /** Receives one line for each thing that takes time, and one for the result. */
  readonly log: (line: string) => void;
}

/**
 * Makes the native backend work if this machine can have it. Tries, in order, what is already there, tfjs-node's own
 * download, and building the addon against libtensorflow from TensorFlow's Python wheel. It never throws: without the
 * native backend everything runs on WebAssembly, and one line says why and what to do.
 *
 * Runs that race wait for each other; a run that was killed leaves nothing that a later one would trust.
 *
 * @returns whether every copy of tfjs-node is usable
 */
export async function installNative({ log }: InstallOptions): Promise<boolean> {
  const copies = tfjsNodeCopies();
  if (copies.length === 0) {
    log(
      unavailable(
        '@tensorflow/tfjs-node is not installed: npm leaves it out without a word where its install script cannot download',
        `\`npm install @tensorflow/tfjs-node@4.22.0 --ignore-scripts\`, then ${installCommand()}`,
      ),
    );
    return false;
  }
  try {
    let usable = true;
    for (const copy of copies) {
      const works = await provide(copy, log);
      if (works) await provideOwnKernels(copy, log);
      usable = works && usable;
    }
    return usable;
  } catch (error) {
    log(unavailable(message(error)));
    return false;
  }
}

async function provide(copy: string, log: (line: string) => void): Promise<boolean> {
  const present = await addonVersion(copy).catch(() => undefined);
  if (present) {
    log(ready(present));
    return true;
  }
  const cache = cacheFolder();
  return alone(
    cache,
    async () => {
      const routes = [
        () => addonVersion(copy), // another run may have built it while this one waited
        () => vendorDownload(copy),
        async () => {
          await checkBuildTools();
          const library = await libtensorflow(cache, log);
          log('Compiling the addon of tfjs-node');
          return buildAddon(copy, library);
        },
      ];
      const reasons: string[] = [];
      for (const route of routes) {
        try {
          log(ready(await route()));
          return true;
        } catch (error) {
          reasons.push(message(error));
        }
      }
      log(unavailable(reasons.join('; ')));
      return false;
    },
    log,
  );
}

/** Without them all works, only slower, so a line is all that a failure leaves. */
async function provideOwnKernels(copy: string, log: (line: string) => void): Promise<void> {
  try {
    const path = ownKernelsPath(copy);
    let kernels = await inspectOwnKernels(path).catch(() => undefined);
    if (!kernels) {
      await checkCompiler();
      log('Compiling our own kernels');
      kernels = await alone(cacheFolder(), () => buildOwnKernels(copy), log);
    }
    log(ownKernelsReady(kernels));
  } catch (error) {
    log(
      `Own kernels: not available (${message(error)}); TensorFlow's operations are used instead, which are slower. ` +
        `To get them: ${again()}`,
    );
  }
}

/** A relative path in XDG_CACHE_HOME is to be ignored, as the XDG Base Directory Specification has it. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME: named = '' } = process.env;
  return join(isAbsolute(named) ? named : join(homedir(), '.cache'), 'capsnet');
}

function ready(version: string): string {
  return `Native backend: ready, TensorFlow ${version}`;
}

/** What a line says of kernels that work. */
export function ownKernelsReady({ instructionSet, threads }: OwnKernels): string {
  return `Own kernels: ready, for ${instructionSet}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

const again = () => `put right what is named and run ${installCommand()}`;

function unavailable(reason: string, remedy = again()): string {
  return `Native backend: not available (${reason}); wasm is used instead. To get it: ${remedy}`;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
