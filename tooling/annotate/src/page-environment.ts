import type { Symbols } from './symbols';

/** What a page says of itself, as VitePress hands it to its Markdown. */
export interface PageEnvironment {
  readonly path?: string;
  readonly frontmatter?: { readonly symbols?: Symbols };
}
