import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { afterAll, expect, it } from 'vitest';
import { annotatedSources } from './annotated-sources';
import { formulas } from './formulas';

const root = mkdtempSync(join(tmpdir(), 'capsnet-annotate-'));
writeFileSync(join(root, 'a.ts'), '/** Adds $x$. */\nexport const add = 1;\n');
afterAll(() => rmSync(root, { recursive: true }));

const md = new MarkdownIt({ html: true }).use(formulas).use(annotatedSources, { root });
const page = { path: 'page.md', frontmatter: { symbols: { sum: { tex: ['s_j'], code: ['sum'] } } } };

it('puts prose with its formulas beside code', () => {
  const html = md.render('@annotated a.ts', page);
  expect(html).toMatch(/<div class="prose">[\s\S]*<span v-pre class="katex">[\s\S]*data-source="a\.ts:1"/);
  expect(html).toContain('export const add = 1;');
  expect(html).toContain(`data-symbols='{"sum":["sum"]}'`);
});

it('marks the symbols that the page lists, and no longer ones that begin alike', () => {
  const html = md.render('$s_j + s_{jk} + 2 s_j$', page);
  expect(html.match(/<span[^>]*data-symbol="sum"/g)).toHaveLength(2);
});

it('refuses a formula that cannot be parsed', () => {
  expect(() => md.render('$\\frac{1}$', page)).toThrow(/^page\.md: the formula \\frac\{1\} cannot be parsed/);
  expect(() => md.render('$$ \\nonsense $$', page)).toThrow(
    /^page\.md: the formula \\nonsense cannot be parsed/,
  );
});

it('refuses a source file or a declaration that is gone', () => {
  expect(() => md.render('@annotated b.ts', page)).toThrow(
    'page.md: expected the source file b.ts, found none',
  );
  expect(() => md.render('@annotated a.ts subtract', page)).toThrow(
    'expected a declaration subtract, found add',
  );
});
