import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMnist } from '@capsnet/mnist/node';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endServers, type Server, startServer } from './server-process';

// What the guide on serving tells to run, run against a server, gives what it says.
const guide = readFileSync(new URL('../../docs/pages/guides/serving.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'capsnet-serving-guide-'));

/** The blocks of the guide in a language, each with the output that follows it. */
function blocks(language: string): { source: string; output: string }[] {
  const pattern = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\`\\n+\`\`\`(?:json)?\\n(.*?)\`\`\``, 'gs');
  return [...guide.matchAll(pattern)].map(([, source, output]) => ({ source: source!, output: output! }));
}

let server: Server;
beforeAll(async () => {
  server = await startServer(folder, ['--pretrained', 'efficient-capsnet-mnist', '--backend', 'wasm']);
  const { test } = await loadMnist();
  const png = new PNG({ width: 28, height: 28 });
  for (let pixel = 0; pixel < 28 * 28; pixel++) {
    const value = test.data[pixel]!;
    png.data.set([value, value, value, 255], 4 * pixel);
  }
  writeFileSync(join(folder, 'seven.png'), PNG.sync.write(png));
});
afterAll(endServers);

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

const here = (source: string) => source.replaceAll('http://127.0.0.1:8080', server.url);
const has = (program: string) => spawnSync(program, ['--version']).status === 0;

describe('the guide on serving', () => {
  it('says what a program in JavaScript prints', () => {
    const found = blocks('js');
    expect(found).toHaveLength(1);
    for (const { source, output } of found) {
      writeFileSync(join(folder, 'ask.mjs'), here(source));
      expect(run(process.execPath, ['ask.mjs'])).toBe(output);
    }
  });

  it.skipIf(!has('python3'))('says what a program in Python prints, where there is Python', () => {
    const found = blocks('python');
    expect(found).toHaveLength(1);
    for (const { source, output } of found) expect(run('python3', ['-c', here(source)])).toBe(output);
  });

  it.skipIf(!has('curl'))('says what curl prints, where there is curl', () => {
    const [{ source, output } = { source: '', output: '' }] = blocks('sh').filter(({ source }) =>
      source.startsWith('curl'),
    );
    const found = JSON.parse(run('sh', ['-c', here(source).replace('curl', 'curl --silent --show-error')]));
    const expected = JSON.parse(output);
    const [{ scores, reconstructionError, ...rest }] = found.predictions;
    const [told] = expected.predictions;
    // Another backend adds in another order.
    for (const [label, score] of told.scores.entries()) expect(scores[label]).toBeCloseTo(score, 4);
    expect(reconstructionError).toBeCloseTo(told.reconstructionError, 3);
    expected.predictions = [{ ...told, scores, reconstructionError }];
    expect(found).toEqual(expected);
    expect(rest).toEqual({ classes: [7], notes: [] });
  });
});
