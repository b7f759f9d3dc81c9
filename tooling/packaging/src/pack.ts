import { join } from 'node:path';
import { runWithPnpm } from '@capsnet/workspace/process';
import { published } from './entries.js';

/**
 * Packs all published packages.
 *
 * @param place a folder
 * @returns their files by the packages' names
 * @throws Error when pnpm fails; its messages are on the terminal
 */
export async function packInto(place: string): Promise<Readonly<Record<string, string>>> {
  const filters = published.map(({ manifest }) => `--filter=${manifest.name}`);
  const code = await runWithPnpm(['pnpm', '--silent', ...filters, 'pack', `--pack-destination=${place}`]);
  if (code !== 0) throw new Error(`pnpm pack ended with ${code}`);
  return Object.fromEntries(
    published.map(({ manifest: { name, version } }) => {
      const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
      return [name, join(place, file)];
    }),
  );
}
