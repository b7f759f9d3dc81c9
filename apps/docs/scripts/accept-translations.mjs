import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { digestOf, pages } from '../.vitepress/translations.mjs';

// Notes in the Japanese pages that they translate the English ones as those are now. Read and translate first:
//
//     node scripts/accept-translations.mjs

const noted = /^translates: \{ page: (\S+), digest: '?([0-9a-f]*)'? \}$/m;
for (const file of readdirSync(`${pages}ja`, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.md')) continue;
  const path = `${pages}ja/${file}`;
  const text = readFileSync(path, 'utf8');
  const [, page, digest] = noted.exec(text) ?? [];
  if (!page) throw new Error(`${path}: expected "translates: { page: ..., digest: ... }", found none`);
  const current = digestOf(page);
  if (digest === current) continue;
  writeFileSync(path, text.replace(noted, `translates: { page: ${page}, digest: '${current}' }`));
  console.log(`ja/${file} translates ${page} as it is now, ${current}`);
}
