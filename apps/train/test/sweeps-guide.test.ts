import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { capsnet } from './command-line';

// The sweep of the guide, run as it says, gives what it says.
const guide = readFileSync(new URL('../../docs/pages/guides/sweeps.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'capsnet-sweeps-guide-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = /```json\n(.*?)```/s.exec(guide)![1]!;
const output = /```sh\ncapsnet sweep rates.json\n```\n\n```\n(.*?)```/s.exec(guide)![1]!;

/** Without the host, how far each is in between, and the last digits of errors, which are those of one machine. */
const comparable = (output: string) =>
  output
    .split('\n')
    .filter(line => !/ step \d+\/\d+ /.test(line))
    .map(line =>
      line
        .replace(/, on \S+$/, '')
        .replace(/\d+\.\d+%/, 'n%')
        .trimEnd(),
    );

it('the guide on sweeps shows what its sweep prints', async () => {
  writeFileSync(join(folder, 'rates.json'), file);
  const { code, stdout } = await capsnet(['sweep', 'rates.json'], {
    cwd: folder,
    env: { CAPSNET_BACKEND: 'wasm' },
  });
  expect(code).toBe(0);
  expect(comparable(stdout.trimEnd())).toEqual(comparable(output.trimEnd()));
});
