interface CapsuleLengthsProps {
  /** [classes] */
  readonly lengths: Float32Array | null;
  /** The predicted classes. */
  readonly winners: readonly number[];
}

/** The ten capsule lengths as bars. */
export function CapsuleLengths({ lengths, winners }: CapsuleLengthsProps) {
  return (
    <ol class="lengths" aria-label="Capsule lengths">
      {Array.from({ length: lengths?.length ?? 10 }, (_, label) => {
        const length = lengths?.[label] ?? 0;
        return (
          <li
            key={label}
            data-length={length}
            class={['winner', 'winner second'][winners.indexOf(label)] ?? ''}
          >
            <span class="class">{label}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${100 * length}%` }} />
            </span>
            <span class="value">{lengths ? length.toFixed(2) : ''}</span>
          </li>
        );
      })}
    </ol>
  );
}
