/** Text on one line in which nothing is markup, of Markdown or of HTML. */
export function markdownText(text: string): string {
  return escaped(onOneLine(text));
}

/** The same, but for its links to the web: `[Mazzia et al. 2021](https://arxiv.org/abs/2101.12491)`. */
export function markdownWithLinks(text: string): string {
  return onOneLine(text)
    .split(/(\[[\p{L}\p{N} .,-]+\]\(https:\/\/[\w./%-]+\))/u)
    .map((part, at) => (at % 2 === 1 ? part : escaped(part)))
    .join('');
}

/** Text on one line as code: its fence is longer than any within. */
export function markdownCode(text: string): string {
  const code = onOneLine(text);
  const longest = Math.max(0, ...(code.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${code}${fence}` : `${fence} ${code} ${fence}`;
}

/** A path as the target of a link. It ends with a space or a parenthesis otherwise, and a scheme would make it run. */
export function markdownLink(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*[\]<>&~]/g, '\\$&');
}

function onOneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}
