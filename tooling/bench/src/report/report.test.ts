import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Comparison, Result } from './compare';
import { performancePage } from './performance-page';
import { type Report, ratiosOf } from './report';
import { resultTables, table } from './tables';

function result(train: number, infer: number, peakBytes: number): Result {
  const timing = (imagesPerSecond: number) => ({
    imagesPerSecond,
    seconds: 8 / imagesPerSecond,
    allSeconds: [],
  });
  return {
    versions: { torch: '1' },
    train: timing(train),
    infer: timing(infer),
    peakBytes,
    losses: [1],
    agreement: { loss: 1e-6, lengths: 0, reconstruction: 0, trained: 0 },
  };
}

const native: Comparison = {
  batch: 8,
  results: { ours: result(200, 600, 3e9), torchEager: result(80, 200, 2e9), obvious: result(50, 100, 4e9) },
  missing: { torchCompile: 'no compiler' },
};

const report: Report = {
  ratios: ratiosOf({ native }),
  comparisons: { native },
  phases: {
    native: [
      { name: 'routing', forward: 0.1, backward: 0.2 },
      { name: 'Adam', forward: 0.1, backward: null },
    ],
  },
  scaling: [{ dimension: 'batch', value: 32, batch: 32, imagesPerSecond: 64, peakBytes: 1e9 }],
  missing: { 'native torchCompile': 'no compiler' },
  command: 'npm run bench',
  maths: '',
  threads: { native: 2 },
  machine: { processor: 'P', cores: 2, memoryBytes: 2 ** 34, system: 'S', node: '20' },
  commit: 'abc',
  date: '2026-01-02T00:00:00Z',
  seconds: 120,
};

test('ratios are ours / theirs, and null for who is missing', () => {
  expect(report.ratios).toEqual({
    'native.train.vsTorchEager': 2.5,
    'native.train.vsTorchCompile': null,
    'native.train.vsObvious': 4,
    'native.infer.vsTorchEager': 3,
    'native.infer.vsTorchCompile': null,
    'native.infer.vsObvious': 6,
    'wasm.train.vsTfjsWasm': null,
    'wasm.train.vsTorchEager': null,
    'wasm.infer.vsTfjsWasm': null,
    'wasm.infer.vsTorchEager': null,
    'native.memory.vsTorch': 1.5,
  });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('tables are Markdown, figures to the right', () => {
  expect(table(['a', 'b'], [['long name', '1.5']])).toBe(
    ['| a         |   b |', '| --------- | --: |', '| long name | 1.5 |'].join('\n'),
  );
  const tables = resultTables(report);
  expect(tables).toContain('| `native.train.vsTorchEager` | 2.50x |');
  expect(tables).not.toContain('wasm.train');
  expect(tables).toContain('Not measured: native torchCompile, no compiler');
  expect(tables).toMatch(/\| Adam +\| +100 \| +\| +25 % \|/);
  expect(tables).toMatch(/\| batch +\| +32 \| +64\.0 \| +500 \| +1\.00 \|/);
});

test('the page tells machine, command and commit', () => {
  expect(performancePage(report)).toContain('`npm run bench`, 2026-01-02, commit abc, 2 minutes');
  expect(performancePage(null)).toContain('Not run yet');
});

test('docs/performance.md is what docs/performance.json says', () => {
  const docs = (name: string) => new URL(`../../../../docs/${name}`, import.meta.url);
  const stored = existsSync(docs('performance.json'))
    ? JSON.parse(readFileSync(docs('performance.json'), 'utf8'))
    : null;
  expect(readFileSync(docs('performance.md'), 'utf8')).toBe(performancePage(stored));
});
