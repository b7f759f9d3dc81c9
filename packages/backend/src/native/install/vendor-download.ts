import { readFile, rename, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { addonVersion } from './addon';
import { run } from './run';
import { packageFolder } from './tfjs-node-copies';

/**
 * Runs tfjs-node's own install script, which downloads libtensorflow and a compiled addon.
 *
 * @param copy a folder of tfjs-node
 * @returns the version of TensorFlow
 */
export async function vendorDownload(copy: string): Promise<string> {
  await reachable();
  const [nodePreGyp] = packageFolder('@mapbox/node-pre-gyp', join(copy, 'package.json'));
  if (!nodePreGyp)
    throw new Error('@mapbox/node-pre-gyp, which tfjs-node installs itself with, is not there');
  // The script rewrites package.json in place, which would reach into the package manager's store through a hard link.
  const manifest = join(copy, 'package.json');
  const original = await readFile(manifest);
  await replace(manifest, original);
  try {
    await run(process.execPath, [join('scripts', 'install.js')], {
      cwd: copy,
      env: { ...process.env, PATH: join(nodePreGyp, 'bin') + delimiter + process.env.PATH },
      timeout: 15 * 60_000,
    });
  } finally {
    await replace(manifest, original);
  }
  return addonVersion(copy);
}

/** The script would wait for minutes in a closed network; one request tells at once. */
async function reachable(): Promise<void> {
  const proxied = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some(name => process.env[name]);
  if (proxied) return; // `fetch` does not use the proxy, the script does.
  const host =
    process.env.TFJS_NODE_CDN_STORAGE ?? process.env.CDN_STORAGE ?? 'https://storage.googleapis.com/';
  try {
    await fetch(host, { method: 'HEAD', signal: AbortSignal.timeout(5_000) });
  } catch (cause) {
    throw new Error(`${host} cannot be reached`, { cause });
  }
}

async function replace(file: string, content: Uint8Array): Promise<void> {
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, content);
  await rename(partial, file);
}
