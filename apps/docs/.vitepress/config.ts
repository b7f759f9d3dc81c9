import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { annotatedSources, formulas } from '../../../tooling/annotate/src';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export default defineConfig({
  title: 'capsnet',
  description: 'Capsule networks with dynamic routing, read line by line: formulas, code and live figures',
  head: [['link', { rel: 'icon', href: '/favicon.svg' }]],
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: '.cache',
  cleanUrls: false,
  lastUpdated: false,
  markdown: {
    config(md) {
      md.use(formulas);
      md.use(annotatedSources, { root });
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: [
      {
        text: 'Annotated sources',
        items: [
          { text: 'In order', link: '/annotated/' },
          { text: 'Squash', link: '/annotated/squash' },
          { text: 'Dynamic routing', link: '/annotated/dynamic-routing' },
          { text: 'Margin loss', link: '/annotated/margin-loss' },
          { text: 'Primary capsules', link: '/annotated/primary-capsules' },
          { text: 'The MNIST model', link: '/annotated/mnist-model' },
          { text: 'The decoder', link: '/annotated/decoder' },
          { text: 'The training loop', link: '/annotated/training-loop' },
          { text: 'Routing without votes', link: '/annotated/routing-without-votes' },
          { text: 'Convolution, faster', link: '/annotated/bilinear-convolution' },
        ],
      },
    ],
  },
  vite: {
    resolve: {
      conditions: ['@capsnet/source', 'browser', 'module', 'import', 'default'],
      dedupe: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'],
    },
    ssr: { noExternal: [/^@capsnet\//] },
  },
});
