import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { NothingYet } from '../classifying/nothing-yet';
import { Panel } from '../page/panel';
import { useVisible } from '../page/visible';
import { ActivationChart } from './activation-chart';
import { busiestChannels } from './busiest-channels';
import { CouplingMaps } from './coupling-maps';
import { type ImageRouting, isWatched, routing } from './routing';
import { RoutingWords } from './routing-words';
import { Votes } from './votes';

/** So many channels fit on a screen together with what becomes of them. */
const channelsAtFirst = 8;

/** How the primary capsules find the digit capsule that agrees with them. */
export function RoutingPanel() {
  return (
    <Panel
      id="routing"
      title="Look inside routing"
      more={{ page: 'annotated/dynamic-routing', title: 'Dynamic routing' }}
      explanation={<RoutingWords />}
    >
      <RoutingFigure />
    </Panel>
  );
}

function RoutingFigure() {
  const figure = useRef<HTMLDivElement>(null);
  const visible = useVisible(figure);
  useEffect(() => {
    isWatched.value = visible;
  }, [visible]);
  const { value } = routing;
  return (
    <div ref={figure} class="routing">
      {value ? <RoutingOf view={value} /> : <NothingYet />}
    </div>
  );
}

function RoutingOf({ view }: { readonly view: ImageRouting }) {
  const largest = Math.max(...view.iterations.map(({ couplings }) => maximum(couplings)));
  const { rows, columns, channels } = view.grid;
  const single = rows * columns === 1;
  const isWhole = useSignal(false);
  const few = !single && channels > channelsAtFirst;
  const shown = busiestChannels(view, few && !isWhole.value ? channelsAtFirst : channels);
  return (
    <>
      <div class={single ? 'iterations single' : 'iterations'}>
        {view.iterations.map((_, iteration) => (
          <CouplingMaps
            key={iteration}
            view={view}
            iteration={iteration}
            largest={largest}
            channels={shown}
          />
        ))}
      </div>
      {few && (
        <p class="muted">
          {isWhole.value
            ? `All ${channels} channels. `
            : `The ${channelsAtFirst} of ${channels} channels that added most to capsule ${view.winner}. `}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              isWhole.value = !isWhole.value;
            }}
          >
            {isWhole.value ? `Only ${channelsAtFirst}` : `All ${channels}`}
          </button>
        </p>
      )}
      <p class="scale">
        <span>0</span>
        <span class="ramp" aria-hidden="true" />
        <span>{largest.toFixed(2)}</span>
        <span class="muted">pale: 1 / {view.classes}, an even share</span>
      </p>
      <div class="outcome">
        <Votes view={view} />
        {view.iterations.length > 1 && <ActivationChart view={view} />}
      </div>
    </>
  );
}

function maximum(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
