import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runServer } from 'verdaccio';

/** A package registry on this machine. */
export interface Registry {
  readonly url: string;
  /** Ends it; connections that are open are cut. */
  close(): void;
}

/**
 * Starts a registry that is empty, takes what anyone publishes, and asks no other registry.
 *
 * @param folder where it keeps the packages
 */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder);
  const everyone = { access: '$all', publish: '$all', unpublish: '$all' };
  const server: Server = await runServer({
    configPath: join(folder, 'config.yaml'),
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
    uplinks: {},
    // Trained networks are larger than its default of 10 MB.
    max_body_size: '100mb',
    packages: { '**': everyone },
    log: { type: 'file', path: join(folder, 'log'), format: 'json', level: 'warn' },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
