import { type PageEnvironment, pageOf, pageScript } from '../environment.js';

export const parcel: PageEnvironment = {
  name: 'Parcel 2',
  tool: 'parcel',
  // Parcel installs what tfjs speaks of by itself, but never on a server that builds.
  packages: ['parcel@2', 'buffer@6', 'process@0.11'],
  files: { 'main.js': pageScript, 'index.html': pageOf('./main.js') },
  manifest: {
    alias: { '@tensorflow/tfjs-backend-webgl': false, '@tensorflow/tfjs-backend-webgpu': false },
  },
  commands: [['parcel', 'build', 'index.html', '--no-source-maps']],
  needs:
    'the packages `buffer` and `process`, `alias` for backends that are not installed, and `--no-source-maps`, as those of tfjs name files that are missing',
};
