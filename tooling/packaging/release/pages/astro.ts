import { type PageEnvironment, pageScript } from '../environment.js';

export const astro: PageEnvironment = {
  name: 'Astro 5, on Node 22',
  tool: 'astro',
  // What Astro itself installs needs Node 22.19.
  packages: ['astro@5', 'node@22'],
  anyEngine: true,
  files: {
    'src/pages/index.astro':
      "<html><head><script>import '../../main.js';</script></head><body></body></html>\n",
    'main.js': pageScript,
    'astro.config.mjs': 'export default {};\n',
  },
  commands: [
    ['astro', 'telemetry', 'disable'],
    ['astro', 'build'],
  ],
};
