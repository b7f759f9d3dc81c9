import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { presets } from '../../../apps/train/src/config/presets';
import { readSettings } from '../../../apps/train/src/config/read-settings';
import { merge, resolveConfig } from '../../../apps/train/src/config/resolve';
import { parseAssignment, type Settings } from '../../../apps/train/src/config/settings';
import { UsageError } from '../../../apps/train/src/terminal/errors';
import { corpus } from './corpus';
import { fuzz } from './fuzz';
import { mutatedBytes } from './mutate-bytes';
import { jsonText, mutatedJson } from './mutate-json';
import { folderInMemory } from './training';

const files = corpus('configuration');
const trees = files.map(file => JSON.parse(Buffer.from(file).toString('utf8')));

const key = fc.constantFrom(
  ...[
    'model',
    'training',
    'data',
    'backend',
    'decoder',
    'hidden',
    'convolutions',
    'epochs',
    'learningRate',
    '0',
    '9',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', ''],
);
const assignment = fc
  .tuple(fc.array(key, { maxLength: 4 }), fc.oneof(mutatedJson([3]).map(jsonText), fc.string()))
  .map(([path, value]) => `${path.join('.')}=${value}`);

describe('fuzzing', () => {
  test('configurations', async context => {
    const file = join(folderInMemory(), 'config.json');
    const text = fc.oneof(
      mutatedBytes(files),
      mutatedJson(trees).map(tree => new TextEncoder().encode(jsonText(tree))),
    );
    const input = fc.record({ text, assignments: fc.array(assignment, { maxLength: 2 }) });
    await fuzz(context, input, {
      async read({ text, assignments }) {
        writeFileSync(file, text);
        const settings = [await readSettings(file), ...assignments.map(parseAssignment)];
        resolveConfig(
          presets.paper,
          settings.reduce<unknown>((before, given) => merge(before, given), {}) as Settings,
        );
      },
      isRefusal: error => error instanceof UsageError,
      sizeOf: ({ text, assignments }) => text.length + assignments.join().length,
    });
  });
});
