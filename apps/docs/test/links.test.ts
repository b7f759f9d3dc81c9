import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtPages, dist } from './site';

const pages = builtPages();

// Links to pages are checked by the build, the places within them are not.
it('every link within the site leads somewhere', () => {
  const broken: string[] = [];
  for (const [path, html] of pages) {
    for (const [, href = ''] of html.matchAll(/<a [^>]*?href="([^"]+)"/g)) {
      const url = new URL(href.replaceAll('&amp;', '&'), `http://site/${path}`);
      if (url.host !== 'site') continue;
      const file = url.pathname.slice(1).replace(/(^|\/)$/, '$1index.html');
      const target = pages.get(file) ?? pages.get(`${file}.html`);
      const place = decodeURIComponent(url.hash.slice(1));
      if (target === undefined ? !existsSync(join(dist, file)) : place && !target.includes(`id="${place}"`)) {
        broken.push(`${path} -> ${href}`);
      }
    }
  }
  expect(broken).toEqual([]);
});

it('no page shows a formula or a source line as it was written', () => {
  const raw = [...pages].filter(([, html]) =>
    /@annotated |\$\$|katex-error/.test(html.replace(/<pre[\s\S]*?<\/pre>/g, '')),
  );
  expect(raw.map(([path]) => path)).toEqual([]);
});
