/**
 * The first key that stands twice in one object of a JSON text, at any depth; undefined if there is none. `JSON.parse`
 * takes the last of them without a word, another reader may take the first.
 *
 * @param json a text that `JSON.parse` accepts
 */
export function repeatedKey(json: string): string | undefined {
  // Of a valid text only strings and brackets matter, and a string before a colon is a key.
  const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;
  const open: Set<string>[] = [];
  for (let token = tokens.exec(json); token; token = tokens.exec(json)) {
    if (token[0] === '{') open.push(new Set());
    else if (token[0] === '}') open.pop();
    else if (token[1] !== undefined) {
      const key = JSON.parse(token[0].slice(0, -token[1].length)) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
