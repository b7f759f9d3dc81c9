import type { DefaultTheme } from 'vitepress';

/** What VitePress itself says, in Japanese. */
export const wordsJa: DefaultTheme.Config = {
  docFooter: { prev: '前のページ', next: '次のページ' },
  outline: { level: [2, 3], label: 'このページの内容' },
  sidebarMenuLabel: 'メニュー',
  returnToTopLabel: 'ページの先頭へ',
  langMenuLabel: '言語',
  darkModeSwitchLabel: '外観',
  lightModeSwitchTitle: '明るい外観にする',
  darkModeSwitchTitle: '暗い外観にする',
  footer: { message: 'MIT ライセンス。<a href="/credits">謝辞（英語）</a>' },
};

export const searchWordsJa: Partial<DefaultTheme.LocalSearchOptions> = {
  translations: {
    button: { buttonText: '検索', buttonAriaLabel: '検索' },
    modal: {
      displayDetails: '詳細を表示',
      resetButtonTitle: '消去',
      backButtonTitle: '閉じる',
      noResultsText: '見つかりません：',
      footer: { selectText: '選択', navigateText: '移動', closeText: '閉じる' },
    },
  },
};

export const nav: DefaultTheme.NavItem[] = [
  { text: 'Annotated', link: '/annotated/' },
  { text: 'Figures', link: '/figures' },
  { text: 'Guides', link: '/guides/getting-started' },
  { text: 'API', link: '/api/' },
];

export const navJa: DefaultTheme.NavItem[] = [
  { text: '注釈付きソース', link: '/ja/annotated/squash' },
  { text: '図（英語）', link: '/figures' },
  { text: 'ガイド（英語）', link: '/guides/getting-started' },
  { text: 'API（英語）', link: '/api/' },
];

/** All pages, in the order in which to read them. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Annotated sources',
    items: [
      { text: 'In order', link: '/annotated/' },
      { text: 'Squash', link: '/annotated/squash' },
      { text: 'Dynamic routing', link: '/annotated/dynamic-routing' },
      { text: 'Margin loss', link: '/annotated/margin-loss' },
      { text: 'Primary capsules', link: '/annotated/primary-capsules' },
      { text: 'The MNIST model', link: '/annotated/mnist-model' },
      { text: 'The decoder', link: '/annotated/decoder' },
      { text: 'The training loop', link: '/annotated/training-loop' },
      { text: 'EM routing', link: '/annotated/em-routing' },
      { text: 'Routing without votes', link: '/annotated/routing-without-votes' },
      { text: 'Convolution, faster', link: '/annotated/bilinear-convolution' },
    ],
  },
  {
    text: 'Live',
    items: [
      { text: 'All figures', link: '/figures' },
      { text: 'Notebook: train it here', link: '/notebook' },
    ],
  },
  {
    text: 'Guides',
    items: [
      { text: 'Getting started', link: '/guides/getting-started' },
      { text: "A day's work", link: '/guides/a-days-work' },
      { text: 'Your own pictures', link: '/guides/your-own-pictures' },
      { text: 'Your own data set', link: '/guides/your-own-data' },
      { text: 'Your own layer', link: '/guides/your-own-layer' },
      { text: 'Choosing a backend', link: '/guides/backends' },
      { text: 'Checkpoints and resuming', link: '/guides/checkpoints' },
      { text: 'Many trainings', link: '/guides/many-trainings' },
      { text: 'The best of many', link: '/guides/sweeps' },
      { text: 'Train on several machines', link: '/guides/several-machines' },
      { text: 'Serving a network', link: '/guides/serving' },
      { text: 'Taking a network elsewhere', link: '/guides/exporting' },
      { text: 'Reading couplings', link: '/guides/reading-couplings' },
      { text: 'Perturbing', link: '/guides/perturbing' },
      { text: 'Coming from PyTorch or Keras', link: '/guides/coming-from-pytorch' },
      { text: 'Why it does not learn', link: '/guides/does-not-learn' },
      { text: 'Honest limits', link: '/guides/limits' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'The configuration', link: '/reference/configuration' },
      { text: 'All packages', link: '/api/' },
      { text: '@capsnet/core', link: '/api/core' },
      { text: '@capsnet/core/configuration', link: '/api/core-configuration' },
      { text: '@capsnet/data', link: '/api/data' },
      { text: '@capsnet/mnist', link: '/api/mnist' },
      { text: '@capsnet/trainer', link: '/api/trainer' },
      { text: '@capsnet/trainer/node', link: '/api/trainer-node' },
      { text: '@capsnet/trainer/browser', link: '/api/trainer-browser' },
      { text: '@capsnet/backend', link: '/api/backend' },
      { text: '@capsnet/pretrained', link: '/api/pretrained' },
      { text: '@capsnet/safetensors', link: '/api/safetensors' },
      { text: '@capsnet/checks', link: '/api/checks' },
      { text: '@capsnet/checks/node', link: '/api/checks-node' },
      { text: 'Credits and licences', link: '/credits' },
    ],
  },
];

/** What is translated. */
export const sidebarJa: DefaultTheme.SidebarItem[] = [
  {
    text: '注釈付きソース',
    items: [
      { text: 'スカッシュ関数', link: '/ja/annotated/squash' },
      { text: '動的ルーティング', link: '/ja/annotated/dynamic-routing' },
      { text: 'マージン損失', link: '/ja/annotated/margin-loss' },
      { text: 'MNIST モデル', link: '/ja/annotated/mnist-model' },
      { text: '実験：学習ループ', link: '/ja/annotated/training-loop' },
    ],
  },
  {
    text: '英語のページ',
    items: [
      { text: 'すべての注釈付きソース', link: '/annotated/' },
      { text: 'すべての図', link: '/figures' },
      { text: 'ブラウザで学習：ノートブック', link: '/notebook' },
      { text: 'ガイド', link: '/guides/getting-started' },
    ],
  },
];
