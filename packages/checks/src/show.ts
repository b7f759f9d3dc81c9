const longest = 60;

/** A value for a message: short, whatever its size and depth. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) {
    const shown = value.slice(0, 8).map(item => (typeof item === 'object' ? showNested(item) : show(item)));
    return `[${shown.join(', ')}${value.length > 8 ? `, ... ${value.length} in all` : ''}]`;
  }
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > longest ? `${value.slice(0, longest)}...` : value);
}

function showNested(value: object | null): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
}
