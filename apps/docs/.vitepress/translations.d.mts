/** The folder of the pages. */
export const pages: string;
/** What a translation notes of the page that it was made from, by its path below `pages/`: twelve hexadecimal digits. */
export function digestOf(page: string): string;
