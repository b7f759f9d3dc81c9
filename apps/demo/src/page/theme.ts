import { effect, signal } from '@preact/signals';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** The page's colours: the system's choice, until someone makes another. */
export const theme = signal<'light' | 'dark'>(dark.matches ? 'dark' : 'light');

/** Keeps the page in its theme. */
export function applyTheme(): void {
  dark.addEventListener('change', ({ matches }) => {
    theme.value = matches ? 'dark' : 'light';
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
