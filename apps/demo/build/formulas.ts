import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import katex from 'katex';
import type { Plugin } from 'vite';

const stylesOf = '\0formula-styles:';

/**
 * An import of a `.tex` file gives its formula as HTML, with MathML for those who hear it. The page's policy forbids styles in
 * place, of which KaTeX has many: each becomes a class of a stylesheet, which comes with the import.
 */
export function formulas(): Plugin {
  return {
    name: 'formulas',
    resolveId: id => (id.startsWith(stylesOf) ? id : null),
    load(id) {
      const file = id.replace(stylesOf, '').replace(/\.css$/, '');
      if (!file.endsWith('.tex')) return null;
      const { html, styles } = render(readFileSync(file, 'utf8').trim());
      if (id.startsWith(stylesOf)) return { code: styles, moduleType: 'css' };
      const code = `import ${JSON.stringify(`${stylesOf}${file}.css`)};\nexport const formula = ${JSON.stringify(html)};`;
      return { code, moduleType: 'js' };
    },
  };
}

function render(tex: string): { html: string; styles: string } {
  const styled = katex.renderToString(tex, { displayMode: true, strict: 'error' });
  const rules = new Map<string, string>();
  const html = styled.replaceAll(
    /<span(?: class="([^"]*)")? style="([^"]*)"/g,
    (_, classes = '', style: string) => {
      const name = `f-${createHash('sha256').update(style).digest('hex').slice(0, 8)}`;
      // As strong as what stands in place.
      rules.set(name, `.${name} { ${style.replaceAll(';', ' !important; ')} }`);
      return `<span class="${`${classes} ${name}`.trim()}"`;
    },
  );
  if (html.includes(' style="')) throw new Error(`${tex}: expected styles of spans alone, found others`);
  return { html, styles: [...rules.values()].join('\n') };
}
