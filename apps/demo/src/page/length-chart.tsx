import type { RoutingView } from '../network/worker/routing-view';

const [left, right, top, bottom] = [28, 292, 10, 150];

/** The capsules' lengths from the first iteration to the last: a line for each class. */
export function LengthChart({ view }: { readonly view: RoutingView }) {
  const { iterations, classes, winner } = view;
  const x = (iteration: number) => left + ((right - left) * iteration) / (iterations.length - 1);
  const y = (length: number) => bottom - (bottom - top) * length;
  const line = (label: number) =>
    iterations.map(({ lengths }, index) => `${x(index)},${y(lengths[label]!)}`).join(' ');
  const order = Array.from({ length: classes }, (_, label) => label).sort(
    (a, b) => Number(a === winner) - Number(b === winner),
  );
  const spoken = iterations.map(({ lengths }) => lengths[winner]!.toFixed(2)).join(', ');
  return (
    <figure class="length-chart">
      <h3>Lengths, iteration by iteration</h3>
      <svg viewBox="0 0 320 172" role="img" aria-label={`Length of capsule ${winner}: ${spoken}`}>
        {[0, 0.5, 1].map(length => (
          <g key={length}>
            <line class="grid" x1={left} x2={right} y1={y(length)} y2={y(length)} />
            <text x={left - 6} y={y(length) + 4} text-anchor="end">
              {length === 0.5 ? '.5' : length}
            </text>
          </g>
        ))}
        {iterations.map((_, index) => (
          <text key={index} x={x(index)} y={bottom + 18} text-anchor="middle">
            {index + 1}
          </text>
        ))}
        {order.map(label => (
          <polyline key={label} class={label === winner ? 'winner' : ''} points={line(label)} />
        ))}
        <text class="winner" x={right + 8} y={y(iterations.at(-1)!.lengths[winner]!) + 5}>
          {winner}
        </text>
      </svg>
    </figure>
  );
}
