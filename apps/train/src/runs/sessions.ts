import { existsSync } from 'node:fs';
import { differences, show } from '@capsnet/checks';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { conform, storedConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import { type DataDigests, digest } from '../data/digests';
import { readJson } from '../files/json-file';
import { UsageError, within } from '../terminal/errors';
import type { RunFolder } from './run-folder';

const sessionSchema = z.object({
  /** When it began, ISO 8601. */
  began: z.string(),
  data: z.object({ train: digest, test: digest }),
  config: z.record(z.string(), z.unknown()),
  backend: z.object({ name: z.string(), device: z.string() }),
  versions: z.record(z.string(), z.string()),
  /** How many processes trained it together; undefined for one. */
  workers: z.number().optional(),
  /** Undefined in sessions of an earlier version. */
  stepsPerEpoch: z.number().optional(),
  /** Of one that made the run longer: its epochs before, and the steps that it had done. */
  prolonged: z.object({ epochs: z.number(), step: z.number() }).optional(),
  /** Of capsnet's own checkout; undefined when it is installed. */
  commit: z.string().optional(),
});

/** What one process trained a run with. */
export type Session = z.infer<typeof sessionSchema>;

/**
 * All processes that have trained a run, in their order; none for a run of an earlier version.
 *
 * @throws UsageError that names the file and what to do
 */
export async function readSessions({ sessions: file }: RunFolder): Promise<Session[]> {
  if (!existsSync(file)) return [];
  try {
    return await within(file, async () => conform(z.array(sessionSchema), await readJson(file), 'sessions'));
  } catch (cause) {
    throw new UsageError(
      `${(cause as Error).message}; remove the file to do without its comparison of settings and images`,
      { cause },
    );
  }
}

export async function addSession(
  run: RunFolder,
  before: readonly Session[],
  session: Session,
): Promise<void> {
  await writeFileAtomic(run.sessions, `${JSON.stringify([...before, session], null, 2)}\n`);
}

/**
 * @param config as the run's folder has it now, edited by hand perhaps
 * @throws UsageError that names the first value with which the run was not trained
 */
export async function expectSameConfig(run: RunFolder, config: RunConfig): Promise<void> {
  const last = (await readSessions(run)).at(-1);
  if (!last) return;
  const before = await within(run.sessions, () => storedConfig(last.config));
  const [difference] = differences(withoutPlace(before), withoutPlace(config));
  if (!difference) return;
  const { path, before: was, now } = difference;
  throw new UsageError(
    `${run.config}: expected ${path} ${show(was)}, with which the run was trained (${run.sessions}), ` +
      `found ${show(now)}: put it back, or start a new run with --config ${run.config}`,
  );
}

/** What makes the weights: not where images and initial weights lie, which their digests identify, nor which backend is preferred. */
export function withoutPlace(config: RunConfig): RunConfig {
  const { data, training } = config;
  return {
    ...config,
    data: { ...data, set: 'idx', folder: null, prefix: null },
    training: { ...training, from: { ...training.from, file: null, pretrained: null } },
    backend: null,
  };
}

/** Whether the images are known to be those of the run; nobody knows those of a run of an earlier version. */
export async function hasSameData(run: RunFolder, { train, test }: DataDigests): Promise<boolean> {
  const last = (await readSessions(run)).at(-1);
  return last !== undefined && last.data.train === train && last.data.test === test;
}

/** @throws UsageError when the images are known to be others than those of the run */
export async function expectSameData(run: RunFolder, found: DataDigests): Promise<void> {
  const last = (await readSessions(run)).at(-1);
  for (const [part, name] of [
    ['train', 'training'],
    ['test', 'test'],
  ] as const) {
    if (!last || last.data[part] === found[part]) continue;
    throw new UsageError(
      `data: the ${name} images or their labels are not those of ${run.path}: ` +
        `expected the SHA-256 ${last.data[part]}, found ${found[part]}. Put them back, or name their folder with --data`,
    );
  }
}

/** What makes that the weights may be others in their last bits than those of a run that was never interrupted. */
export function changesSince(before: Session, now: Session): string[] {
  const values = ({ backend, versions, commit, workers = 1 }: Session) => ({
    workers,
    backend: `${backend.name} (${backend.device})`,
    capsnet: commit ?? versions.capsnet,
    tfjs: versions.tfjs,
    node: versions.node,
  });
  return differences(values(before), values(now)).map(
    ({ path, before, now }) => `${path} ${before ?? 'unknown'}, now ${now ?? 'unknown'}`,
  );
}
