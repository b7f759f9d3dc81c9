import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import type { RunFolder } from '../runs/run-folder';
import { UsageError } from '../terminal/errors';
import { css, html, script } from './page';
import { type PictureName, WatchedRun } from './watched-run';

export interface WatchServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Nothing from elsewhere, nothing within the page itself, and in nobody's frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const pictures: Readonly<Record<PictureName, string>> = {
  curves: 'image/svg+xml',
  confusion: 'image/svg+xml',
  reconstructions: 'image/png',
};

/** Where the page is if nobody says it, and the port is free. */
const usualPort = 8090;

/**
 * Shows a run on a page of this machine, which nobody else reaches, until it is closed. It only reads the run's folder.
 *
 * @param port 0 for any that is free; undefined for the usual one, or any other if that is taken
 * @throws UsageError when the port is taken
 */
export async function openWatchServer(run: RunFolder, port: number | undefined): Promise<WatchServer> {
  const watched = new WatchedRun(run);
  // A browser keeps its connections open.
  const app = fastify({ forceCloseConnections: true, requestTimeout: 30_000 });
  app.addHook('onRequest', async ({ headers: { host = '' } }, reply) => {
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    // A name that somebody else has pointed at this machine reads nothing.
    if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host)) {
      return reply.code(403).send({ error: `expected the host localhost or 127.0.0.1, found ${host}` });
    }
  });
  app.get('/', (_, reply) => reply.type('text/html; charset=utf-8').send(html));
  app.get('/page.css', (_, reply) => reply.type('text/css; charset=utf-8').send(css));
  app.get('/page.js', (_, reply) => reply.type('text/javascript; charset=utf-8').send(script));
  app.get('/state', () => watched.state());
  for (const [name, type] of Object.entries(pictures)) {
    app.get(`/${name}`, async (_, reply) => {
      const picture = await watched.picture(name as PictureName);
      if (picture) return reply.type(type).send(picture);
      return reply.code(404).send({ error: `${run.name} has no such picture yet` });
    });
  }
  try {
    await listen(port ?? usualPort);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (port !== undefined) {
      await app.close();
      throw new UsageError(`--watch ${port}: the port is taken: choose another, or 0 for any that is free`);
    }
    await listen(0);
  }
  const { port: at } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${at}`, close: () => app.close() };

  function listen(at: number): Promise<string> {
    return app.listen({ host: '127.0.0.1', port: at });
  }
}
