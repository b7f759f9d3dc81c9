/** How browsers say that a file did not arrive, each in its own words. */
const unreachable =
  /failed to fetch dynamically imported module: \S+|error loading dynamically imported module: \S+|failed to fetch|networkerror[^.]*\.?|load failed/i;

/** Why something failed, for people. */
export function reasonOf(error: unknown): string {
  return (error as Error).message.replace(unreachable, 'the server of this page cannot be reached');
}
