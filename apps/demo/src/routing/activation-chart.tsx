import { LineChart } from '../figures/line-chart';
import type { RoutingView } from '../network/worker/routing-view';

/** The activations from the first iteration to the last: a line for each class. */
export function ActivationChart({ view }: { readonly view: RoutingView }) {
  const { iterations, classes, winner } = view;
  const spoken = iterations.map(({ activations }) => activations[winner]!.toFixed(2)).join(', ');
  const line = (label: number) => ({
    as: 'line' as const,
    points: iterations.map(({ activations }, index) => [index + 1, activations[label]!] as const),
  });
  const others = Array.from({ length: classes }, (_, label) => label).filter(label => label !== winner);
  return (
    <figure class="activation-chart">
      <h3>Activations, iteration by iteration</h3>
      <LineChart
        label={`Activation of capsule ${winner}: ${spoken}`}
        x={{ from: 1, to: iterations.length, ticks: iterations.map((_, index) => index + 1) }}
        y={{ to: 1, ticks: [0, 0.5, 1] }}
        series={[...others.map(line), { ...line(winner), class: 'winner', name: String(winner) }]}
      />
    </figure>
  );
}
