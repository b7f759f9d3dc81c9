interface LengthsProps {
  /** [classes] */
  readonly lengths: Float32Array | null;
  /** The classes that are read. */
  readonly winners: readonly number[];
}

/** The ten capsule lengths as bars. */
export function Lengths({ lengths, winners }: LengthsProps) {
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
