/** How many letters have to be added, left out or changed to make one word of another (Levenshtein 1965). */
export function distance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 0; row < from.length; row++) {
    const here = [row + 1];
    for (let column = 0; column < to.length; column++) {
      const changed = above[column]! + Number(from[row] !== to[column]);
      here.push(Math.min(changed, above[column + 1]! + 1, here[column]! + 1));
    }
    above = here;
  }
  return above[to.length]!;
}

/** What somebody may have meant: the words in the order of their distance from a misspelt one. */
export function nearest(word: string, words: readonly string[]): string[] {
  // Nobody misspells at length, but files that are damaged have keys of any.
  const begin = word.slice(0, 100);
  return words
    .map(known => ({ known, letters: distance(begin, known) }))
    .sort((a, b) => a.letters - b.letters)
    .map(({ known }) => known);
}
