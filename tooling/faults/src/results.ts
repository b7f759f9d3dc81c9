import type { Machine } from '../../bench/src/report/machine';
import type { Counts } from './counts';

/** What docs/reliability.json holds. */
export interface Results {
  readonly command: string;
  readonly commit: string | null;
  readonly date: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly tests: readonly {
    readonly fault: string;
    /** Which backend, or which kind of file. */
    readonly name: string;
    readonly state: 'passed' | 'failed' | 'skipped' | 'pending';
    readonly counts: Counts;
    /** Why it was skipped. */
    readonly reason?: string | undefined;
    /** Of one that ran by itself, later than the others; absent where the results have the same. */
    readonly later?:
      | { readonly command: string; readonly commit: string | null; readonly date: string }
      | undefined;
  }[];
}
