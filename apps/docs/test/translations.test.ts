import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { digestOf, pages } from '../.vitepress/translations.mjs';
import { builtPages } from './site';

const translated = readdirSync(`${pages}ja`, { recursive: true, encoding: 'utf8' }).filter(file =>
  file.endsWith('.md'),
);

it.each(translated)('ja/%s says which page it translates, and shows whether that has changed since', file => {
  const source = readFileSync(`${pages}ja/${file}`, 'utf8');
  const [, page = '', digest = ''] =
    /^translates: \{ page: (\S+), digest: '?([0-9a-f]{12})'? \}$/m.exec(source) ?? [];
  const html = builtPages().get(`ja/${file.replaceAll('\\', '/').replace(/md$/, 'html')}`)!;
  // The first page has another layout, without the notice.
  if (page !== 'index.md') expect(html.includes('data-stale')).toBe(digestOf(page) !== digest);
});

it('a digest changes with its page alone', () => {
  expect(digestOf('index.md')).toMatch(/^[0-9a-f]{12}$/);
  expect(new Set(['index.md', 'annotated/squash.md', 'annotated/margin-loss.md'].map(digestOf)).size).toBe(3);
});
