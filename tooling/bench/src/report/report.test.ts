import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Result } from './compare';
import type { Machine } from './machine';
import { type Machines, withReport } from './machines';
import { performancePage } from './performance-page';
import { speedInWords } from './readme';
import { type Comparison, type Measured, type Report, ratiosOf, systemSharesOf } from './report';
import { ratioTable, resultTables, table } from './tables';

function result(train: number, infer: number, peakBytes: number, system: number | null = null): Result {
  const timing = (imagesPerSecond: number) => ({
    imagesPerSecond,
    seconds: 8 / imagesPerSecond,
    allSeconds: [],
  });
  return {
    versions: { torch: '1' },
    train: timing(train),
    infer: timing(infer),
    timeSpent: system === null ? null : { wall: 10, user: 15, system },
    peakBytes,
    losses: [1],
    agreement: { loss: 1e-6, lengths: 0, reconstruction: 0, trained: 0 },
  };
}

const native: Comparison = {
  backend: 'native',
  network: 'paper',
  batch: 8,
  results: {
    ours: result(200, 600, 3e9, 0.25),
    torchEager: result(80, 200, 2e9, 3),
    obvious: result(50, 100, 4e9),
  },
  missing: { torchCompile: 'no compiler' },
};
const efficient: Comparison = {
  backend: 'native',
  network: 'efficient',
  batch: 4,
  results: { ours: result(900, 2000, 1e9), torchEager: result(300, 500, 1e9) },
  missing: {},
};
const wasm: Comparison = {
  backend: 'wasm',
  network: 'paper',
  batch: 8,
  results: { ours: result(40, 90, 1e9) },
  missing: {},
};
const call = (median: number, p95: number) => ({ median, p95, allSeconds: [] });

const measured: Measured = {
  comparisons: { native, 'native.efficient': efficient },
  latencies: {
    paper: {
      results: { native: call(0.01, 0.02), wasm: call(0.04, 0.05), torchEager: call(0.02, 0.03) },
      missing: {},
    },
    efficient: { results: { native: call(0.001, 0.002) }, missing: { torchEager: 'no Python' } },
  },
  evaluation: {
    command: 'capsnet evaluate',
    images: 10000,
    seconds: 12.34,
    allSeconds: [12.34],
    evaluating: 11,
    accuracy: 0.99,
  },
  timeToAccuracy: {
    recipe: '3 epochs',
    results: {
      ours: { secondsTo: [10, null], measured: [{ step: 7, seconds: 10, accuracy: 0.9912 }] },
      torchEager: { secondsTo: [40, 80], measured: [{ step: 7, seconds: 40, accuracy: 0.995 }] },
    },
    missing: {},
  },
};

const machine: Machine = {
  processor: 'P',
  instructionSets: ['avx2', 'fma'],
  cores: 2,
  pageBytes: 4096,
  hugePages: 'madvise',
  memoryBytes: 2 ** 34,
  system: 'S',
  node: '20',
};

const report: Report = {
  ratios: ratiosOf(measured),
  systemShares: systemSharesOf(measured),
  ...measured,
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
  machine,
  load: 0.25,
  commit: 'abc',
  date: '2026-01-02T00:00:00Z',
  seconds: 120,
};

/** As an earlier version of the bench left it. */
const earlier: Report = {
  ratios: { 'native.train.vsTorchEager': 3.14, 'native.gone': 1 },
  systemShares: {},
  comparisons: { native: { ...native, results: { ours: result(300, 600, 3e9) } }, wasm },
  missing: {},
  command: 'npm run bench',
  maths: '',
  threads: { native: 2 },
  machine: { ...machine, instructionSets: null, pageBytes: null, hugePages: null },
  commit: 'old',
  date: '2025-01-02T00:00:00Z',
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
    'native.batch16.train.vsTorchEager': null,
    'native.batch16.infer.vsTorchEager': null,
    'native.efficient.train.vsTorchEager': 3,
    'native.efficient.infer.vsTorchEager': 4,
    'wasm.train.vsTfjsWasm': null,
    'wasm.train.vsTorchEager': null,
    'wasm.infer.vsTfjsWasm': null,
    'wasm.infer.vsTorchEager': null,
    'native.memory.vsTorch': 1.5,
    'native.latency.vsTorchEager': 2,
    'native.efficient.latency.vsTorchEager': null,
    'wasm.latency.vsTorchEager': 0.5,
    'wasm.efficient.latency.vsTorchEager': null,
    'native.timeTo99.vsTorchEager': 4,
    'native.timeTo99.5.vsTorchEager': null,
  });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('time in the kernel is a share of the time on the clock, and null where it was not recorded', () => {
  expect(report.systemShares).toEqual({
    native: 0.025,
    'native.batch16': null,
    'native.efficient': null,
    wasm: null,
  });
});

test('tables are Markdown, figures to the right', () => {
  expect(table(['a', 'b'], [['long name', '1.5']])).toBe(
    ['| a         |   b |', '| --------- | --: |', '| long name | 1.5 |'].join('\n'),
  );
  const tables = resultTables(report);
  expect(tables).toMatch(/\| `native\.train\.vsTorchEager` +\| 2\.50x \|/);
  expect(tables).not.toContain('wasm.train');
  expect(tables).toContain('Not measured: native torchCompile, no compiler');
  expect(tables).toMatch(/\| Adam +\| +100 \| +\| +25 % \|/);
  expect(tables).toMatch(/\| batch +\| +32 \| +64\.0 \| +500 \| +1\.00 \|/);
});

test('each comparison has its table: backend, network, batch, and the time in the kernel', () => {
  const tables = resultTables(report);
  expect(tables).toContain("Backend native, the paper's network, batch 8, medians.");
  expect(tables).toContain('Backend native, Efficient-CapsNet, batch 4, medians.');
  expect(tables).toMatch(/\| `native\.train\.system` +\| 2\.5 % \|/);
  expect(tables).not.toContain('efficient.train.system');
  expect(tables).toMatch(/\| capsnet +\| +200\.0 \| +40\.0 \| +152\.5 % \| +2\.5 % \|/);
  expect(tables).toMatch(
    /\| plain TensorFlow\.js, native \| +50\.0 \| +160 \| +not recorded \| +not recorded \|/,
  );
});

test('latency, evaluation and time to accuracy have theirs', () => {
  const tables = resultTables(report);
  expect(tables).toMatch(/\| the paper's network \| capsnet, native \| +10\.0 \| +20\.0 \|/);
  expect(tables).toMatch(/\| Efficient-CapsNet +\| capsnet, native \| +1\.0 \| +2\.0 \|/);
  expect(tables).toContain(
    '`capsnet evaluate`, from the start of its process to the end: 12.3 s for 10000 images, 11.0 s of them with the images.',
  );
  expect(tables).toMatch(/\| capsnet +\| +10 \| not reached \| 99\.12 % \| +7 \|/);
  expect(tables).toMatch(/\| PyTorch, eager \| +40 \| +80 \| 99\.50 % \| +7 \|/);
});

test('the summary has a column for each machine, empty where it was not measured', () => {
  const rows = ratioTable([earlier, report]);
  expect(rows).toMatch(/\| ratio +\| machine 1 \| machine 2 \|/);
  expect(rows).toMatch(/\| `native\.train\.vsTorchEager` +\| +3\.14x \| +2\.50x \|/);
  expect(rows).toMatch(/\| `native\.latency\.vsTorchEager` +\| +\| +2\.00x \|/);
  expect(rows).toMatch(/\| `native\.gone` +\| +1\.00x \| +\|/);
  expect(rows).not.toContain('wasm.train.vsTfjsWasm');
});

test('a report takes the place of its own machine, and leaves the others', () => {
  const one = withReport({ machines: [] }, report);
  expect(one).toEqual({ machines: [report] });
  const two = withReport(one, earlier);
  expect(two).toEqual({ machines: [report, earlier] });
  const again = { ...report, commit: 'def', machine: { ...machine, node: '24' } };
  expect(withReport(two, again)).toEqual({ machines: [again, earlier] });
  expect(two.machines[0]!.commit).toBe('abc');
});

test('the page tells machines, commands and commits, and what was not recorded', () => {
  const page = performancePage({ machines: [earlier, report] });
  expect(page).toContain('`npm run bench`, 2026-01-02, commit abc, 2 minutes');
  expect(page).toContain('### Machine 1: P, 2 cores');
  expect(page).toContain('- instruction sets: not recorded\n- pages: not recorded; huge pages: not recorded');
  expect(page).toContain('- programs computing in the minute before: not recorded');
  expect(page).toContain('- programs computing in the minute before: 0.3');
  expect(page).toContain('### Machine 2: P, 2 cores');
  expect(page).toContain('- instruction sets: avx2, fma\n- pages: 4 KiB; huge pages: madvise');
  expect(performancePage({ machines: [] })).toContain('Not run yet');
});

test('the README is told ranges over machines, of what was measured on any', () => {
  expect(speedInWords({ machines: [report] })).toBe(
    '[Measured on one machine](docs/performance.md), native, in batches of 128, it trains 2.5 times as fast as a plain ' +
      'PyTorch script, and 4.0 times as fast as plain TensorFlow.js.',
  );
  expect(speedInWords({ machines: [earlier, report] })).toBe(
    'without it, WebAssembly takes 7.5 times as long. [Measured on 2 machines](docs/performance.md), native, in batches of ' +
      '128, it trains 2.5 to 3.1 times as fast as a plain PyTorch script, and 4.0 times as fast as plain TensorFlow.js.',
  );
  const wasmAlone = { ...report, ratios: { 'wasm.train.vsTorchEager': 0.5 } };
  expect(speedInWords({ machines: [report, wasmAlone] })).toContain('Measured on one machine');
});

const file = (name: string) => readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8');
const stored = (): Machines => JSON.parse(file('docs/performance.json'));

test('docs/performance.md is what docs/performance.json says', () => {
  expect(file('docs/performance.md')).toBe(performancePage(stored()));
});

test('README.md says of speed what docs/performance.json says', () => {
  expect(file('README.md').replaceAll(/\s+/g, ' ')).toContain(speedInWords(stored()));
});
