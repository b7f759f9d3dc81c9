import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent, onMounted } from 'vue';
import { lightUpSymbols } from './light-up-symbols';
import 'katex/dist/katex.min.css';
import './annotated.css';
import './figures/figures.css';

/** Pages name a figure as an element; its code is fetched only with a page that does. */
const figures = {
  SquashFigure: defineAsyncComponent(() => import('./figures/SquashFigure.vue')),
  RoutingFigure: defineAsyncComponent(() => import('./figures/RoutingFigure.vue')),
  MarginFigure: defineAsyncComponent(() => import('./figures/MarginFigure.vue')),
  PartsFigure: defineAsyncComponent(() => import('./figures/PartsFigure.vue')),
};

export const theme: Theme = {
  extends: DefaultTheme,
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
