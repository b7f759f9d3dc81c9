interface LengthsProps {
  /** [classes] */
  readonly lengths: Float32Array | null;
  readonly winner: number | null;
}

/** The ten capsule lengths as bars. */
export function Lengths({ lengths, winner }: LengthsProps) {
  return (
    <ol class="lengths" aria-label="Capsule lengths">
      {Array.from({ length: lengths?.length ?? 10 }, (_, label) => {
        const length = lengths?.[label] ?? 0;
        return (
          <li key={label} data-length={length} class={label === winner ? 'winner' : ''}>
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
