/** What stands for one thing in formulas and in code, by the name that a figure uses for it. */
export type Symbols = Readonly<
  Record<string, { readonly tex: readonly string[]; readonly code: readonly string[] }>
>;

/** Marks symbols in a formula, so that a page can light them up: `s_j` becomes `\htmlData{symbol=sum}{s_j}`. */
export function withSymbols(tex: string, symbols: Symbols): string {
  const names = new Map(
    Object.entries(symbols).flatMap(([name, { tex }]) => tex.map(form => [form, name] as const)),
  );
  if (names.size === 0) return tex;
  const forms = [...names.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const anyForm = new RegExp(`(?<![A-Za-z\\\\])(?:${forms.join('|')})(?![A-Za-z_])`, 'g');
  return tex.replace(anyForm, form => `\\htmlData{symbol=${names.get(form)}}{${form}}`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
