import { LineChart } from '../figures/line-chart';
import type { RoutingView } from '../network/worker/routing-view';

/** The capsules' lengths from the first iteration to the last: a line for each class. */
export function LengthChart({ view }: { readonly view: RoutingView }) {
  const { iterations, classes, winner } = view;
  const spoken = iterations.map(({ lengths }) => lengths[winner]!.toFixed(2)).join(', ');
  const line = (label: number) => ({
    as: 'line' as const,
    points: iterations.map(({ lengths }, index) => [index + 1, lengths[label]!] as const),
  });
  const others = Array.from({ length: classes }, (_, label) => label).filter(label => label !== winner);
  return (
    <figure class="length-chart">
      <h3>Lengths, iteration by iteration</h3>
      <LineChart
        label={`Length of capsule ${winner}: ${spoken}`}
        x={{ from: 1, to: iterations.length, ticks: iterations.map((_, index) => index + 1) }}
        y={{ to: 1, ticks: [0, 0.5, 1] }}
        series={[...others.map(line), { ...line(winner), class: 'winner', name: String(winner) }]}
      />
    </figure>
  );
}
