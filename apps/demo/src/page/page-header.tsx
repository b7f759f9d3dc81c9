import { engine } from '../network/engine';
import { ModelSelect } from '../reading/model-select';
import { notices } from './notices';
import { theme } from './theme';

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
        <EngineStatus />
        <button
          type="button"
          class="quiet"
          onClick={() => {
            theme.value = theme.value === 'dark' ? 'light' : 'dark';
          }}
        >
          {theme.value === 'dark' ? 'Light' : 'Dark'}
        </button>
      </div>
      <h1>Inside a capsule network</h1>
      <p class="lead">
        Ordinary networks say what is in an image. A capsule network also says how it looks there: how thick,
        how slanted, how wide. Draw a digit, take it apart, and train a network of your own. Everything is
        computed here, in your browser.
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

function EngineStatus() {
  const { value } = engine;
  return (
    <p class="engine" data-status={value.status} role="status">
      {value.status === 'starting' && 'starting …'}
      {value.status === 'loading' && loading(value.progress)}
      {value.status === 'ready' && value.backend.name}
      {value.status === 'failed' && 'could not start'}
    </p>
  );
}

function loading(progress: { readonly loaded: number; readonly total: number } | null): string {
  if (!progress || progress.loaded >= progress.total) return 'loading weights …';
  return `loading weights … ${Math.round((100 * progress.loaded) / progress.total)}%`;
}
