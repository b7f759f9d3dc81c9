import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { settingsFromEarlier } from '../config/earlier';
import { readExperiment } from './experiment';
import { readRow } from './experiment-row';

// The experiments of this repository. Most of their rows were written by earlier versions, under other names.

const folder = fileURLToPath(new URL('../../../../experiments', import.meta.url));
const files = readdirSync(folder).filter(file => file.endsWith('.json'));

it.each(files)('%s has the names of today', file => {
  const { settings } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  expect(settingsFromEarlier(settings)).toEqual(settings);
});

it.each(files)('%s says what its row was trained with, if it was', async file => {
  const experiment = await readExperiment(join(folder, file));
  // Throws where the two differ.
  const row = await readRow(experiment);
  expect(row !== undefined).toBe(existsSync(experiment.row));
});
