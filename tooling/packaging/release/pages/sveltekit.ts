import type { PageEnvironment } from '../environment.js';

export const svelteKit: PageEnvironment = {
  name: 'SvelteKit 2, as a static site',
  tool: '@sveltejs/kit',
  packages: [
    '@sveltejs/kit@2',
    '@sveltejs/adapter-static@3',
    '@sveltejs/vite-plugin-svelte@6',
    'svelte@5',
    'vite@7',
  ],
  files: {
    'src/app.html':
      '<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>\n',
    'src/routes/+layout.js': 'export const prerender = true;\n',
    'src/routes/+page.svelte': `<script>
  import { onMount } from 'svelte';
  import { program } from '../../program.js';
  onMount(async () => {
    await program();
    document.title = 'done';
  });
</script>
`,
    'svelte.config.js':
      "import adapter from '@sveltejs/adapter-static';\nexport default { kit: { adapter: adapter() } };\n",
    'vite.config.js':
      "import { sveltekit } from '@sveltejs/kit/vite';\nexport default { plugins: [sveltekit()] };\n",
  },
  commands: [
    ['svelte-kit', 'sync'],
    ['vite', 'build'],
  ],
  served: 'build',
};
