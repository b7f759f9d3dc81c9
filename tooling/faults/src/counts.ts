import type { TestContext } from 'vitest';

/** What a test has seen, by what was counted: `{ kills: 50, 'amid writing a checkpoint': 21 }`. */
export type Counts = Readonly<Record<string, number | string>>;

declare module 'vitest' {
  interface TaskMeta {
    /** For docs/reliability.md. */
    counts?: Counts;
    /** Why the test was skipped. */
    missing?: string;
  }
}

/** For the report; a later call adds to an earlier one. */
export function count({ task }: TestContext, counts: Counts): void {
  task.meta.counts = { ...task.meta.counts, ...counts };
}

/** Ends the test, which the report counts as skipped, with the reason. */
export function skipBecause({ task, skip }: TestContext, reason: string): never {
  task.meta.missing = reason;
  return skip(reason);
}
