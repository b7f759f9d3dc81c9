/** The backends, fastest first. */
export const backendNames = ['native', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** @throws an error that lists the names, when one of the given names is unknown; `where` says where it was given */
export function parseBackendNames(names: readonly string[], where: string): BackendName[] {
  return names.map(name => {
    const known = backendNames.find(backend => backend === name);
    if (!known) throw new Error(`${where}: expected one of ${backendNames.join(', ')}, found "${name}"`);
    return known;
  });
}
