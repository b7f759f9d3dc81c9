import { type PageEnvironment, pageScript } from '../environment.js';

export const astro: PageEnvironment = {
  name: 'Astro',
  tool: 'astro',
  packages: ['astro@5'],
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
