import { CapsnetError } from '@capsnet/checks';

/** The backends, fastest first. */
export const backendNames = ['native', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** @throws {@link CapsnetError} `invalid-argument` that lists the names, when one of the given names is unknown; `where` says where it was given */
export function parseBackendNames(names: readonly string[], where: string): BackendName[] {
  return names.map(name => {
    const known = backendNames.find(backend => backend === name);
    if (!known) {
      throw new CapsnetError(
        'invalid-argument',
        `${where}: expected one of ${backendNames.join(', ')}, found "${name}"`,
      );
    }
    return known;
  });
}
