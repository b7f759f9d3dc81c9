/** A value from a file for a message: short, whatever its size and depth. */
export function show(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, 8).map(item => (typeof item === 'object' ? show(item && {}) : show(item)));
    return `[${shown.join(', ')}${value.length > 8 ? `, ... ${value.length} in all` : ''}]`;
  }
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}
