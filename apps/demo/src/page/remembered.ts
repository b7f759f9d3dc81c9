import { effect, type Signal, signal } from '@preact/signals';

/**
 * A signal whose value is there again at the next visit, as far as the browser stores anything for this page.
 *
 * @param read what was stored, or undefined if it is nothing that this page knows
 */
export function remembered<T>(key: string, initial: T, read: (stored: unknown) => T | undefined): Signal<T> {
  const value = signal(stored(key, read) ?? initial);
  let isFirst = true;
  effect(() => {
    const text = JSON.stringify(value.value);
    // What nobody has chosen is chosen anew at each visit.
    if (!isFirst) store(key, text);
    isFirst = false;
  });
  return value;
}

function stored<T>(key: string, read: (stored: unknown) => T | undefined): T | undefined {
  try {
    return read(JSON.parse(localStorage.getItem(nameOf(key)) ?? 'null'));
  } catch {
    return undefined;
  }
}

function store(key: string, text: string): void {
  try {
    localStorage.setItem(nameOf(key), text);
  } catch {
    // Denied or full: it is chosen again at the next visit.
  }
}

/** Other pages of a server may store as well. */
function nameOf(key: string): string {
  return `capsnet-demo/${key}`;
}
