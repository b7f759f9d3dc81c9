import { computed, effect, signal } from '@preact/signals';
import { remembered } from './remembered';

type Theme = 'light' | 'dark';

const dark = matchMedia('(prefers-color-scheme: dark)');
const system = signal<Theme>(dark.matches ? 'dark' : 'light');

/** What someone chose; null as long as nobody did. */
const chosen = remembered<Theme | null>('theme', null, stored =>
  stored === 'light' || stored === 'dark' ? stored : undefined,
);

/** The page's colours: what someone chose, else the system's choice. */
export const theme = computed(() => chosen.value ?? system.value);

export function switchTheme(): void {
  chosen.value = theme.value === 'dark' ? 'light' : 'dark';
}

/** Keeps the page in its theme. */
export function applyTheme(): void {
  dark.addEventListener('change', ({ matches }) => {
    system.value = matches ? 'dark' : 'light';
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
