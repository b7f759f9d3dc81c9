interface ClassActivationsProps {
  /** [classes] */
  readonly activations: Float32Array | null;
  /** The predicted classes. */
  readonly winners: readonly number[];
}

/** How active the capsule of each class is, as bars. */
export function ClassActivations({ activations, winners }: ClassActivationsProps) {
  return (
    <ol class="activations" aria-label="Activations of the class capsules">
      {Array.from({ length: activations?.length ?? 10 }, (_, label) => {
        const activation = activations?.[label] ?? 0;
        return (
          <li
            key={label}
            data-activation={activation}
            class={['winner', 'winner second'][winners.indexOf(label)] ?? ''}
          >
            <span class="class">{label}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${100 * activation}%` }} />
            </span>
            <span class="value">{activations ? activation.toFixed(2) : ''}</span>
          </li>
        );
      })}
    </ol>
  );
}
