import type { Measurement } from './metrics-log';
import type { RunFolder } from './run-folder';
import { readSessions } from './sessions';

/**
 * As the run says; of a run of an earlier version as its measurements tell, which in its first epoch is as many as there are.
 */
export async function stepsPerEpochOf(
  run: RunFolder,
  measurements: readonly Pick<Measurement, 'step' | 'epoch'>[],
): Promise<number> {
  const sessions = await readSessions(run).catch(() => []);
  const said = sessions.at(-1)?.stepsPerEpoch;
  if (said !== undefined) return said;
  const later = measurements.find(({ epoch }) => epoch > 1);
  if (later) return (later.step - 1) / (later.epoch - 1);
  return measurements.at(-1)?.step ?? 1;
}
