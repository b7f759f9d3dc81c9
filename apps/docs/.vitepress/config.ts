import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitepress';
import { annotatedSources, formulas } from '../../../tooling/annotate/src';
import { nav, navJa, searchWordsJa, sidebar, sidebarJa, wordsJa } from './navigation';
import { digestOf } from './translations.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Figures compute in the browser alone: the bundle that writes the pages leaves what they import as it is. */
const browserOnly: Plugin = {
  name: 'browser-only',
  enforce: 'pre',
  resolveId: (id, _importer, { ssr }) =>
    ssr && /^@(capsnet|tensorflow)\//.test(id) ? { id, external: true } : undefined,
};

/** Japanese has no spaces between words: where a line of its source ends, there is none either. */
const isJapanese = (character = '') =>
  /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}。、）（「」]/u.test(character);

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
      md.renderer.rules.softbreak = (tokens, i) =>
        isJapanese(tokens[i - 1]?.content.at(-1)) && isJapanese(tokens[i + 1]?.content.at(0)) ? '' : '\n';
    },
  },
  locales: {
    root: { label: 'English', lang: 'en', themeConfig: { nav, sidebar } },
    ja: { label: '日本語', lang: 'ja', themeConfig: { nav: navJa, sidebar: sidebarJa, ...wordsJa } },
  },
  themeConfig: {
    search: { provider: 'local', options: { locales: { ja: searchWordsJa } } },
    // Not every page is translated: the menu of languages leads to the other edition's first page.
    i18nRouting: false,
    outline: [2, 3],
    footer: { message: 'MIT licence. <a href="/credits">Credits</a>' },
  },
  transformPageData({ frontmatter, relativePath }) {
    if (!frontmatter.translates) return;
    const { page, digest } = frontmatter.translates;
    const isStale = digestOf(page) !== digest;
    if (isStale)
      console.warn(`${relativePath} translates an older ${page}: see scripts/accept-translations.mjs`);
    frontmatter.translation = { page, isStale };
  },
  vite: {
    resolve: {
      conditions: ['@capsnet/source', 'browser', 'module', 'import', 'default'],
      dedupe: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'],
    },
    plugins: [browserOnly],
    // tfjs is one large file, fetched when the first figure is seen.
    build: { chunkSizeWarningLimit: 2000 },
  },
});
