// Runs a TypeScript program on the sources of the packages, which need no build: `node run-source.mjs program.ts`. It ends when
// a file changes that the program was made of, for `npm run play` to start it anew.
import { dirname, resolve } from 'node:path';
import { createServer } from 'vite';

const [, , program = ''] = process.argv;
const path = resolve(program);
const conditions = ['@capsnet/source', 'node', 'import', 'module', 'default'];
const server = await createServer({
  root: dirname(path),
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, ws: false },
  optimizeDeps: { noDiscovery: true },
  ssr: { resolve: { conditions } },
});

server.watcher.on('change', file => {
  if (server.environments.ssr.moduleGraph.getModulesByFile(file)) process.exit();
});
await server.ssrLoadModule(path).catch(error => console.error(error));
