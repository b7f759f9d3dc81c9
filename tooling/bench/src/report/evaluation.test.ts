import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { measureEvaluation } from './evaluation';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capsnet-bench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('runs the command line so many times, and takes over what it says', async () => {
  const program = join(folder, 'program.mjs');
  const notes = join(folder, 'notes');
  writeFileSync(
    program,
    `import { appendFileSync } from 'node:fs';
    appendFileSync(${JSON.stringify(notes)}, process.argv.slice(2).join(' ') + '\\n');
    console.log(JSON.stringify({ images: 10, seconds: 0.001, accuracy: 0.9 }));`,
  );
  const evaluation = await measureEvaluation('wasm', 3, program);
  const args = 'evaluate --pretrained capsnet-mnist --backend wasm --json';
  expect(readFileSync(notes, 'utf8')).toBe(`${args}\n`.repeat(3));
  expect(evaluation).toMatchObject({
    command: `capsnet ${args}`,
    images: 10,
    evaluating: 0.001,
    accuracy: 0.9,
    allSeconds: { length: 3 },
  });
  expect(evaluation.seconds).toBe([...evaluation.allSeconds].sort((a, b) => a - b)[1]);
});

test('says why it failed', async () => {
  const program = join(folder, 'program.mjs');
  writeFileSync(program, "console.error('no backend'); process.exit(1)");
  await expect(measureEvaluation('native', 1, program)).rejects.toThrow(
    'capsnet evaluate failed: no backend',
  );
});
