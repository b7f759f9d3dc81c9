import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type MarkdownIt from 'markdown-it';
import type { PageEnvironment } from './page-environment';
import { type Step, stepsOf } from './steps';
import type { Symbols } from './symbols';

/**
 * Puts source files into pages, prose beside code. A line of its own
 *
 *     @annotated packages/core/src/networks/capsnet/capsnet.ts decoderOf, reconstructed
 *
 * becomes the file, or of it the named declarations in this order.
 *
 * @param options.root the folder that paths begin at
 * @throws Error while rendering, if a file or a declaration is not there; it names the page
 */
export function annotatedSources(md: MarkdownIt, { root }: { readonly root: string }): void {
  md.core.ruler.before('normalize', 'annotated-sources', state => {
    const { path: page = 'page', frontmatter }: PageEnvironment = state.env;
    state.src = state.src.replace(/^@annotated (\S+)(?: (.+))?$/gm, (_line, path: string, parts?: string) => {
      const file = join(root, path);
      if (!existsSync(file)) throw new Error(`${page}: expected the source file ${path}, found none`);
      const names = parts?.split(',').map(name => name.trim());
      return pageOf(stepsOf(readFileSync(file, 'utf8'), path, names), path, frontmatter?.symbols ?? {});
    });
  });
}

function pageOf(steps: readonly Step[], path: string, symbols: Symbols): string {
  const shown = steps.map(({ name, prose, code, line }) => {
    const heading = name ? `### \`${name}\` {#source-${name}}\n\n` : '';
    return [
      '<div class="step"><div class="prose">',
      `${heading}${prose}`,
      `</div><div class="code" data-source="${path}:${line}">`,
      `\`\`\`ts\n${code}\n\`\`\``,
      '</div></div>',
    ].join('\n\n');
  });
  // So that the page can find them in the code.
  const inCode = Object.fromEntries(Object.entries(symbols).map(([name, { code }]) => [name, code]));
  return [`<div class="annotated" data-symbols='${JSON.stringify(inCode)}'>`, ...shown, '</div>'].join(
    '\n\n',
  );
}
