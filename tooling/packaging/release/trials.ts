import { readFileSync, writeFileSync } from 'node:fs';
import { compatibilityPage, pageWith, readTrials, type Trial, trialsFile } from '../src/compatibility.js';
import type { Environment } from './environment.js';
import { pages, programs } from './environments.js';
import { versionOf } from './run-environment.js';

/**
 * Tries an environment and notes what came of it.
 *
 * @param attempt sets up the project and runs it
 * @throws what the attempt throws
 */
export async function tried(
  trials: Map<string, Trial>,
  project: string,
  environment: Environment,
  attempt: () => Promise<void>,
): Promise<void> {
  const { name, needs = 'nothing', refusal } = environment;
  const date = new Date().toISOString().slice(0, 10);
  const note = (outcome: Trial['outcome']) =>
    trials.set(name, { environment: name, version: versionOf(project, environment), needs, outcome, date });
  try {
    await attempt();
  } catch (error) {
    note('fails');
    throw error;
  }
  note(refusal ? 'says that it cannot' : 'works');
}

/** Writes the list and the page anew; what was not tried this time stays as it was. */
export function saveTrials(trials: ReadonlyMap<string, Trial>): void {
  const earlier = new Map(readTrials().map(trial => [trial.environment, trial]));
  const all = [...pages, ...programs].flatMap(({ name }) => trials.get(name) ?? earlier.get(name) ?? []);
  writeFileSync(trialsFile, `${JSON.stringify(all, null, 1)}\n`);
  writeFileSync(compatibilityPage, pageWith(readFileSync(compatibilityPage, 'utf8'), all));
}
