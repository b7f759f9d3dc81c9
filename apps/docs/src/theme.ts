import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent, h, onMounted } from 'vue';
import { lightUpSymbols } from './light-up-symbols';
import TranslationNotice from './TranslationNotice.vue';
import 'katex/dist/katex.min.css';
import './annotated.css';
import './elements/figures.css';

/** Pages name a figure as an element; its code is fetched only with a page that does. */
const figures = {
  SquashFigure: defineAsyncComponent(() => import('./figures/SquashFigure.vue')),
  RoutingFigure: defineAsyncComponent(() => import('./figures/RoutingFigure.vue')),
  MarginFigure: defineAsyncComponent(() => import('./figures/MarginFigure.vue')),
  DigitFigure: defineAsyncComponent(() => import('./figures/DigitFigure.vue')),
  EquivarianceFigure: defineAsyncComponent(() => import('./figures/EquivarianceFigure.vue')),
  BreakItFigure: defineAsyncComponent(() => import('./figures/BreakItFigure.vue')),
  NotebookPage: defineAsyncComponent(() => import('./notebook/NotebookPage.vue')),
  PartsFigure: defineAsyncComponent(() => import('./figures/PartsFigure.vue')),
};

export const theme: Theme = {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'doc-before': () => h(TranslationNotice) }),
  enhanceApp({ app }) {
    for (const [name, figure] of Object.entries(figures)) app.component(name, figure);
  },
  setup() {
    onMounted(() => {
      lightUpSymbols(document.body);
      document.documentElement.dataset.alive = 'true';
    });
  },
};
