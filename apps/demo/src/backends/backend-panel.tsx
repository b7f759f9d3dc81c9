import type { BackendName, BackendState } from '@capsnet/backend';
import { useSignal } from '@preact/signals';
import {
  ask,
  backendChoice,
  backendStates,
  loading,
  networkState,
  startNetwork,
} from '../network/network-client';
import { Panel } from '../page/panel';
import { loseTrainingContext } from '../training/training-client';

/** What it computes on, what else it could, and how fast. */
export function BackendPanel() {
  return (
    <Panel
      id="backend"
      title="What it runs on"
      more={{ page: 'guides/backends', title: 'Choosing a backend' }}
      explanation={
        <>
          <p>
            The same network runs on the graphics processor (WebGPU, WebGL) and on the processor (WebAssembly,
            or plain JavaScript). The page picks the fastest one that works here; another one gives the same
            results, at a different speed.
          </p>
          <p>
            A browser may take the graphics context away at any time. Nothing that a lost context computed is
            shown or stored: its worker is ended, a new one loads the weights again, and a training goes on
            from its last checkpoint.
          </p>
        </>
      }
    >
      <Backends />
      <Speed />
    </Panel>
  );
}

function Backends() {
  const states = backendStates.value.filter(({ name }) => name !== 'native');
  if (states.length === 0) {
    const isLooking = networkState.value.status !== 'failed';
    return <p class="muted">{isLooking ? 'Looking for backends …' : 'Nothing could be started.'}</p>;
  }
  return (
    <fieldset class="backends">
      <legend class="sr-only">Backend</legend>
      {states.map(state => (
        <Backend key={state.name} state={state} />
      ))}
    </fieldset>
  );
}

function Backend({ state }: { readonly state: BackendState }) {
  const { value } = networkState;
  const current = value.status === 'ready' ? value.backend : null;
  const isCurrent = current?.name === state.name;
  const isChosen = loading.value?.backend === undefined ? isCurrent : backendChoice.value === state.name;
  return (
    <label class="backend">
      <input
        type="radio"
        name="backend"
        checked={isChosen}
        disabled={!current}
        onChange={() => choose(state.name)}
      />
      <strong>{state.name}</strong>
      <span class="muted">
        {isCurrent ? current.device : state.available ? state.device : `not picked: ${state.reason}`}
      </span>
    </label>
  );
}

function choose(name: BackendName) {
  backendChoice.value = name;
  void startNetwork();
}

/** Of both workers, as when the driver is reset. */
function loseContexts() {
  void ask(remote => remote.loseContext());
  loseTrainingContext();
}

function Speed() {
  const measured = useSignal<{ readonly name: string; readonly imagesPerSecond: number }[]>([]);
  const isMeasuring = useSignal(false);
  const { value } = networkState;

  async function measure() {
    if (value.status !== 'ready') return;
    const { name } = value.backend;
    isMeasuring.value = true;
    const imagesPerSecond = await ask(remote => remote.measure());
    isMeasuring.value = false;
    if (imagesPerSecond === null) return;
    measured.value = [...measured.value.filter(other => other.name !== name), { name, imagesPerSecond }];
  }

  return (
    <div class="speed">
      <div class="buttons">
        <button type="button" onClick={measure} disabled={value.status !== 'ready' || isMeasuring.value}>
          {isMeasuring.value ? 'Measuring …' : 'Measure the speed'}
        </button>
        {value.status === 'ready' && value.backend.name === 'webgl' && (
          <button type="button" onClick={loseContexts}>
            Lose the WebGL context
          </button>
        )}
      </div>
      <ul aria-live="polite">
        {measured.value.map(({ name, imagesPerSecond }) => (
          <li key={name}>
            {name}: {imagesPerSecond.toFixed(0)} images/s, 32 at a time
          </li>
        ))}
      </ul>
    </div>
  );
}
