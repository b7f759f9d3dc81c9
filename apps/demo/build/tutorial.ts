import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import type { Plugin } from 'vite';

const dist = fileURLToPath(new URL('../../docs/dist', import.meta.url));

/** Serves the tutorial, once it is built, around the built page. */
export function tutorial(): Plugin {
  return {
    name: 'tutorial',
    configurePreviewServer({ middlewares, config }) {
      // Vite itself looks only where no plugin serves anything.
      if (!existsSync(config.build.outDir))
        throw new Error(`${config.build.outDir}: expected the built page, found none`);
      if (existsSync(dist)) middlewares.use(sirv(dist));
    },
  };
}
