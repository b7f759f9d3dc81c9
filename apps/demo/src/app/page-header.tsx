import { loading, loadingText, networkState } from '../network/network-client';
import { notices } from '../page/notices';
import { switchTheme, theme } from '../page/theme';
import { ModelSelect } from './model-select';

/** The title, what the page is about, and where its network stands. */
export function PageHeader() {
  return (
    <header class="page-header">
      <div class="bar">
        <nav aria-label="Parts of the page">
          <a href="#draw">Draw</a>
          <a href="#perturb">Perturb</a>
          <a href="#routing">Routing</a>
          <a href="#pair">Pairs</a>
          <a href="#train">Train</a>
          <a href="#backend">Backend</a>
        </nav>
        <ModelSelect />
        <NetworkStatus />
        <button type="button" class="quiet" onClick={switchTheme}>
          {theme.value === 'dark' ? 'Light' : 'Dark'}
        </button>
      </div>
      <h1>Inside a capsule network</h1>
      <p class="lead">
        Ordinary networks tell what is in an image. A capsule network also tells how it looks there: how
        thick, how slanted, how wide. Draw a digit, take it apart, and train a network of your own. Everything
        is computed here, in your browser.
      </p>
      <div class="notices" role="status">
        {notices.value.map(text => (
          <p class="notice" key={text}>
            {text}
            <button
              type="button"
              class="quiet"
              onClick={() => {
                notices.value = notices.value.filter(other => other !== text);
              }}
            >
              Close
            </button>
          </p>
        ))}
      </div>
    </header>
  );
}

function NetworkStatus() {
  const { value } = networkState;
  return (
    <p class="network-status" data-status={loading.value ? 'loading' : value.status} role="status">
      {loading.value && loadingText(loading.value)}
      {!loading.value && value.status === 'starting' && 'starting …'}
      {!loading.value && value.status === 'ready' && value.backend.name}
      {!loading.value && value.status === 'failed' && 'could not start'}
    </p>
  );
}
