import ts from 'typescript';

/** A doc comment as Markdown: its text, then what goes in, comes out and is thrown. */
export function proseOfDoc(doc: ts.JSDoc, file: ts.SourceFile): string {
  const text = plain(ts.getTextOfJSDocComment(doc.comment) ?? '');
  const tags = (doc.tags ?? []).map(tag => {
    const text = plain(ts.getTextOfJSDocComment(tag.comment) ?? '').replace(/\s*\n\s*/g, ' ');
    if (ts.isJSDocParameterTag(tag)) return `- \`${tag.name.getText(file)}\` ${text.replace(/^- /, '')}`;
    if (ts.isJSDocReturnTag(tag)) return `\n**Returns** ${text}`;
    if (ts.isJSDocThrowsTag(tag)) return `\n**Throws** ${text}`;
    throw new Error(`${file.fileName}: expected @param, @returns or @throws, found @${tag.tagName.text}`);
  });
  return forMarkdown([text, '', ...tags].join('\n').trim());
}

/** Lines that begin with two slashes, as Markdown. */
export function proseOfLines(lines: readonly string[]): string {
  return forMarkdown(plain(lines.map(line => line.replace(/^\/\/ ?/, '')).join('\n')));
}

/** Of the length of what it replaces, so that places in the file stay true; gone from the prose. */
const filler = '\u2060';

/**
 * Makes code of the links in a file's comments. The compiler would take one after @throws for a tag.
 *
 * @returns a text of the same length
 */
export function withoutLinks(source: string): string {
  return source.replace(/\{@link\s+([^}\s]+)\s*\}/g, (link, name) =>
    `\`${name}\``.padEnd(link.length, filler),
  );
}

function plain(text: string): string {
  return text.replaceAll(filler, '');
}

/** Code and formulas, which stay as they are. */
const untouched = /(`[^`]*`|\$\$[\s\S]*?\$\$|\$[^$\n]*\$)/;

/** A shape in brackets, which Markdown might take for a link. */
const shape = /(?<![\w\]])\[[\w.*+\-/ ()]+(?:,[\w.*+\-/ ()]+)*\](?!\()/g;

function forMarkdown(text: string): string {
  return text
    .split(untouched)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replace(shape, '`$&`')
            .replaceAll('->', '→')
            .replace(/<(?=[A-Za-z/])/g, '&lt;'),
    )
    .join('');
}
