/** What picocolors writes: bold, dim, colours, and their ends. */
const colours = String.raw`\u001b\[(?:1|2|22|3[1-6]|39)m`;
/** Controls but for line feeds, and what turns the direction of writing. */
const controls = String.raw`[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]`;
const pattern = new RegExp(`(${colours})|${controls}`, 'g');

/**
 * A line for a terminal: but for our own colours, control characters are written out, as \u001b. Names of files, keys and
 * titles may hold anything, and a terminal would obey.
 */
export function printable(line: string): string {
  return line.replace(pattern, (found, colour) => colour ?? escaped(found));
}

/** A name within a line: not even a line feed is left in it. */
export function printableName(name: string): string {
  return name.replace(new RegExp(`${controls}|\n`, 'g'), escaped);
}

/** JSON that a terminal can show too: it leaves some control characters as they are. */
export function printableJson(document: unknown): string {
  return JSON.stringify(document).replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
