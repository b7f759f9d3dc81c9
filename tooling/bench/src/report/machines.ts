import { isSameMachine } from './machine';
import type { Report } from './report';

/** What docs/performance.json holds: the newest report of each machine. */
export interface Machines {
  readonly machines: readonly Report[];
}

/** With this report in place of an earlier one of its machine, or behind those of the others. */
export function withReport({ machines }: Machines, report: Report): Machines {
  const place = machines.findIndex(({ machine }) => isSameMachine(machine, report.machine));
  return { machines: place < 0 ? [...machines, report] : machines.with(place, report) };
}
