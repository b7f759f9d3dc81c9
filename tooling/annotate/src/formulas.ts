import { tex } from '@mdit/plugin-tex';
import katex from 'katex';
import type MarkdownIt from 'markdown-it';
import type { PageEnvironment } from './page-environment';
import { withSymbols } from './symbols';

/**
 * Formulas between dollars, typeset by KaTeX. Those that the page's frontmatter lists under `symbols` can be lit up.
 *
 * @throws Error while rendering, if a formula cannot be parsed; it names the page
 */
export function formulas(md: MarkdownIt): void {
  md.use(tex, {
    render: (source: string, displayMode: boolean, { path, frontmatter }: PageEnvironment) => {
      const marked = withSymbols(source, frontmatter?.symbols ?? {});
      try {
        const html = katex.renderToString(marked, {
          displayMode,
          strict: (code: string) => (code === 'htmlExtension' ? 'ignore' : 'error'),
          trust: ({ command }) => command === '\\htmlData',
          output: 'htmlAndMathml',
        });
        const isolated = html.replace(/^<span/, '<span v-pre');
        return displayMode ? `<p class="formula">${isolated}</p>\n` : isolated;
      } catch (cause) {
        const reason = (cause as Error).message;
        throw new Error(`${path ?? 'page'}: the formula ${source.trim()} cannot be parsed: ${reason}`, {
          cause,
        });
      }
    },
  });
}
