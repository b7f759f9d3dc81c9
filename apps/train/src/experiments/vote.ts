import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { correctness } from '../evaluation/evaluation';
import { type ScoredImages, voteOf } from '../evaluation/scored-images';
import { decodeScores } from '../evaluation/scores-file';
import { readFileOf } from '../files/read-file';
import type { RunFolder } from '../runs/run-folder';
import { UsageError, within } from '../terminal/errors';
import type { Experiment } from './experiment';

/** What all seeds of a row say together of the test images: the class of the longest mean capsule. */
export interface Vote {
  readonly seeds: readonly number[];
  readonly error: number;
  readonly halfCreditError?: number | undefined;
}

/** A training of which the scores are kept beside the row, if it has any. */
interface Scored {
  readonly seed: number;
  /** The SHA-256 of the file. */
  readonly scores?: string | undefined;
}

/** Weights do not stay, scores do: 200 kB a training of MNIST. */
function scoresFile({ row, name }: Experiment, seed: number): string {
  return join(dirname(row), 'scores', `${name}-seed-${seed}.safetensors`);
}

/** 64 MB: 3 million images of ten classes. */
const largest = 2 ** 26;

/**
 * Copies what a run said of the test images to where the row is.
 *
 * @returns the digest of the file; undefined for a run that an earlier version tested
 */
export async function keepScores(
  experiment: Experiment,
  seed: number,
  { testScores }: RunFolder,
): Promise<string | undefined> {
  if (!existsSync(testScores)) return undefined;
  return within(testScores, async () => {
    const bytes = await readFileOf(testScores, largest);
    decodeScores(bytes);
    const file = scoresFile(experiment, seed);
    await mkdir(dirname(file), { recursive: true });
    await writeFileAtomic(file, bytes);
    return digestOf(bytes);
  });
}

/**
 * The vote of the trainings of which the scores are kept; null when there are fewer than two.
 *
 * @throws UsageError when a file is missing or is not the one that was kept
 */
export async function voteOfSeeds(experiment: Experiment, trained: readonly Scored[]): Promise<Vote | null> {
  const voters = trained.filter(({ scores }) => scores !== undefined);
  if (voters.length < 2) return null;
  const members = await Promise.all(voters.map(voter => readScores(experiment, voter)));
  const { error, halfCreditError } = correctness(voteOf(members));
  return {
    seeds: voters.map(({ seed }) => seed),
    error,
    ...(halfCreditError !== undefined && { halfCreditError }),
  };
}

async function readScores(experiment: Experiment, { seed, scores }: Scored): Promise<ScoredImages> {
  const file = scoresFile(experiment, seed);
  return within(file, async () => {
    const bytes = await readFileOf(file, largest);
    if (digestOf(bytes) === scores) return decodeScores(bytes);
    throw new UsageError(
      `expected the scores that ${experiment.row} names by their digest, found others: put the file back, or remove the row`,
    );
  });
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
