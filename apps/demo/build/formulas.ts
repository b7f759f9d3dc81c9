import { readFileSync } from 'node:fs';
import temml from 'temml';
import type { Plugin } from 'vite';

/** An import of a `.tex` file gives its formula as MathML, which browsers show and read aloud without a script. */
export function formulas(): Plugin {
  return {
    name: 'formulas',
    load(id) {
      if (!id.endsWith('.tex')) return null;
      const mathml = temml.renderToString(readFileSync(id, 'utf8').trim(), {
        displayMode: true,
        throwOnError: true,
      });
      // The page's policy forbids styles in place, of which Temml has some; page.css says what they say.
      const plain = mathml.replaceAll(/ style="[^"]*"/g, '');
      return { code: `export const mathml = ${JSON.stringify(plain)};`, moduleType: 'js' };
    },
  };
}
