/**
 * Pointing at something with a `data-symbol`, in a formula, in code or in a figure, lights up all that stands for the same.
 * The names that code uses for it are on the lesson, which the page's frontmatter lists.
 */
export function lightUpSymbols(within: HTMLElement): void {
  within.addEventListener('pointerover', ({ target }) => {
    if (!(target instanceof Element)) return;
    const symbol = symbolAt(target);
    for (const lit of within.querySelectorAll('.lit')) lit.classList.remove('lit');
    if (!symbol) return;
    for (const element of within.querySelectorAll(`[data-symbol="${symbol}"]`)) element.classList.add('lit');
    const names = namesInCode(within).get(symbol) ?? [];
    for (const token of within.querySelectorAll('.annotated .code .line span')) {
      if (names.includes(token.textContent?.trim() ?? '')) token.classList.add('lit');
    }
  });
}

function symbolAt(target: Element): string | undefined {
  const marked = target.closest<HTMLElement>('[data-symbol]');
  if (marked) return marked.dataset.symbol;
  if (!target.matches('.annotated .code .line span')) return undefined;
  const name = target.textContent?.trim() ?? '';
  const found = [...namesInCode(document.body)].find(([, names]) => names.includes(name));
  return found?.[0];
}

function namesInCode(within: HTMLElement): Map<string, readonly string[]> {
  const lists = [...within.querySelectorAll<HTMLElement>('.annotated[data-symbols]')];
  const symbols = lists.map(({ dataset }) => JSON.parse(dataset.symbols!) as Record<string, string[]>);
  return new Map(symbols.flatMap(Object.entries<string[]>));
}
