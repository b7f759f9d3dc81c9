/** How browsers say that a file did not arrive, each in its own words. */
const unreachable = /failed to fetch|networkerror|load failed|error loading dynamically imported module/i;

/** Why something failed, for people. */
export function reasonOf(error: unknown): string {
  const { message } = error as Error;
  return unreachable.test(message)
    ? 'the server of this page cannot be reached, and not all of it is here'
    : message;
}
