import { computed } from '@preact/signals';
import { theme } from '../page/theme';

export type Colour = readonly [red: number, green: number, blue: number];

/** The two colours of figures, for what a canvas draws: `--more` and `--less` of the page's style. */
export const figureColours = computed((): { readonly more: Colour; readonly less: Colour } =>
  theme.value === 'dark'
    ? { more: [255, 138, 64], less: [104, 158, 255] }
    : { more: [224, 92, 24], less: [37, 99, 235] },
);
