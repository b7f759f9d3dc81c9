/** What a value is, for messages: `Uint8Array`, `Object`, `string`, `null`; `nothing` if it is undefined. */
export function typeName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'object') return typeof value;
  return value === null ? 'null' : (value.constructor?.name ?? 'Object');
}
