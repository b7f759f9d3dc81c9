import { useLayoutEffect, useRef } from 'preact/hooks';
import { figureColours } from '../figures/figure-colours';
import type { RoutingView } from '../network/worker/routing-view';
import { theme } from '../page/theme';

interface CouplingMapsProps {
  readonly view: RoutingView;
  /** Which iteration, from 0. */
  readonly iteration: number;
  /** The largest coupling of all iterations, drawn at full strength. */
  readonly largest: number;
  /** Which channels are drawn, from above. */
  readonly channels: readonly number[];
}

/** Couplings of one iteration: for each channel (down) and class (across) a map of the positions. */
export function CouplingMaps({ view, iteration, largest, channels }: CouplingMapsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { couplings, toWinner } = view.iterations[iteration]!;
  const colours = figureColours.value;
  // How dense the palest is: the style's ramp has it too.
  const palest = theme.value === 'dark' ? 0.14 : 0.06;
  useLayoutEffect(
    () => drawMaps(canvas.current!, view, channels, couplings, largest, { ...colours, palest }),
    [view, channels, couplings, largest, colours, palest],
  );
  const mean = toWinner.toFixed(3);
  // Between two maps is a gap of one cell, behind the last is none.
  const cells = view.grid.columns + 1;
  return (
    <figure class="couplings">
      <h3>{view.iterations.length > 1 ? `Iteration ${iteration + 1}` : 'Couplings'}</h3>
      <div
        class="classes"
        aria-hidden="true"
        style={{ width: `${(100 * view.classes * cells) / (view.classes * cells - 1)}%` }}
      >
        {Array.from({ length: view.classes }, (_, label) => (
          <span
            key={label}
            class={label === view.winner ? 'winner' : ''}
            style={{ paddingRight: `${100 / cells}%` }}
          >
            {label}
          </span>
        ))}
      </div>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Couplings, ${channels.length} channels by ${view.classes} classes; to ${view.winner}, weighted by the agreement of the votes, ${mean}`}
      />
      <figcaption>
        to {view.winner}, weighted by the agreement of the votes: {mean}
      </figcaption>
    </figure>
  );
}

/** Of a coupling that fell to zero, where one that rose to the largest has 1. The style's ramp has it too. */
const lossDensity = 0.35;

function drawMaps(
  canvas: HTMLCanvasElement,
  { grid, classes }: RoutingView,
  channels: readonly number[],
  couplings: Float32Array,
  largest: number,
  { more, less, palest }: typeof figureColours.value & { readonly palest: number },
): void {
  const { rows, columns } = grid;
  // A gap of one cell between the maps.
  canvas.width = classes * (columns + 1) - 1;
  canvas.height = channels.length * (rows + 1) - 1;
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(canvas.width, canvas.height);
  couplings.forEach((coupling, at) => {
    const label = at % classes;
    const line = channels.indexOf(Math.floor(at / classes) % grid.channels);
    if (line < 0) return;
    const position = Math.floor(at / (classes * grid.channels));
    const x = label * (columns + 1) + (position % columns);
    const y = line * (rows + 1) + Math.floor(position / columns);
    // As far from 1 / classes, where it began, as the largest or as zero is.
    const change = coupling * classes - 1;
    const strength = Math.sqrt(Math.min(1, change > 0 ? change / (largest * classes - 1 + 1e-6) : -change));
    // What lost its coupling is many times as much, and less worth seeing.
    const density = change > 0 ? strength : lossDensity * strength;
    // No change at all would look like a gap.
    picture.data.set(
      [...(change > 0 ? more : less), 255 * (palest + (1 - palest) * density)],
      4 * (y * canvas.width + x),
    );
  });
  context.putImageData(picture, 0, 0);
}
