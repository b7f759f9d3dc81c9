import { show } from '@capsnet/checks';

/** Of a well-formed header: tensors by name, their fields, the shape. */
const deepest = 3;

/**
 * What `JSON.parse` would accept of a header without a word: a key that stands twice in one object, of which it takes the
 * last and another reader may take the first; and nesting, which takes it many times the header's memory.
 *
 * @param json a text that may also be no JSON at all
 * @returns what was expected and what was found; undefined if nothing is amiss, apart from what `JSON.parse` tells
 */
export function headerProblem(json: string): string | undefined {
  // Of a valid text only strings and brackets matter, and a string before a colon is a key. No regular expression for
  // the strings: those run out of stack in long ones.
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{' || character === '[') {
      open.push(new Set());
      if (open.length > deepest) return `expected nesting of at most ${deepest} levels, found more`;
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(json, at);
      if (isColonNext(json, end)) {
        const key = JSON.parse(json.slice(at, end)) as string;
        const keys = open.at(-1);
        if (keys?.has(key)) return `expected each key once, found ${show(key)} twice`;
        keys?.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** Where the text goes on after the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote > 0; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return json.length;
}

function isColonNext(json: string, at: number): boolean {
  while (' \t\n\r'.includes(json[at] ?? '-')) at++;
  return json[at] === ':';
}
