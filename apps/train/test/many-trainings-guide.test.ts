import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { barsModel, writeBars } from './bars';
import { built, set } from './command-line';

// What the guide gives to the schedulers of clusters, run by the shell as they would.
const guide = readFileSync(new URL('../../docs/pages/guides/many-trainings.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'capsnet-many-trainings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const block = (language: string) => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(guide)![1]!;

/** Programs of a scheduler, and `capsnet` on a small data set with a small network. */
function programs(scripts: Readonly<Record<string, string>>): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const small = [
    ...['--data', writeBars(join(folder, 'bars')), ...barsModel, '--epochs', '30'],
    ...set('data.validation=64', 'training.batchSize=16', 'training.checkpointEvery=5'),
  ];
  const quoted = small.map(arg => `'${arg}'`).join(' ');
  const capsnet = `case "$*" in *--resume*) ;; *) set -- "$@" ${quoted};; esac\nexec '${process.execPath}' '${built}' "$@"`;
  for (const [name, text] of Object.entries({ capsnet, ...scripts })) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

/** Runs a script; with `stopAt`, ends the process that trains once it has said that. */
async function run(shell: string, script: string, env: Record<string, string>, stopAt?: string) {
  const child = spawn(shell, ['-c', script], {
    cwd: folder,
    env: { ...process.env, CAPSNET_BACKEND: 'wasm', NO_COLOR: '1', ...env },
    // One signal reaches all of it, as a scheduler's does.
    detached: true,
  });
  let said = '';
  let isStopped = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      said += text;
      if (stopAt === undefined || isStopped || !said.includes(stopAt)) return;
      isStopped = true;
      const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
      process.kill(pid, 'SIGTERM');
    });
  }
  const [code] = await once(child, 'close');
  return { code: code as number | null, said };
}

describe.skipIf(process.platform === 'win32')('the guide on many trainings', () => {
  it('has a script for Slurm that is put back into the queue and goes on', async () => {
    const bin = programs({
      srun: 'echo $$ > pid\nexec "$@"',
      scontrol: 'echo "$@" >> scontrol.log',
    });
    const env = {
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      SLURM_ARRAY_TASK_ID: '3',
      SLURM_JOB_ID: '77',
    };
    const first = await run('bash', block('bash'), env, 'step ');
    expect([first.code, first.said]).toEqual([0, expect.stringContaining('with a checkpoint')]);
    expect(readFileSync(join(folder, 'scontrol.log'), 'utf8')).toBe('requeue 77\n');
    expect(existsSync(join(folder, 'runs/paper-seed-3/results.json'))).toBe(false);
    const second = await run('bash', block('bash'), env);
    expect([second.code, second.said]).toEqual([
      0,
      expect.stringContaining('resuming runs/paper-seed-3 after step'),
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'runs/paper-seed-3/results.json'), 'utf8')).seed.model).toBe(
      3,
    );
    expect(readFileSync(join(folder, 'scontrol.log'), 'utf8')).toBe('requeue 77\n');
  });

  it('has a script for Kubernetes whose pods go on with each other, and exit codes that its manifest knows', async () => {
    const manifest = block('yaml');
    const script = /- \|\n((?: {14}.*\n)+)/.exec(manifest)![1]!.replaceAll('/runs', join(folder, 'volume'));
    const bin = programs({});
    const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, JOB_COMPLETION_INDEX: '0' };
    const pod = (stopAt?: string) => run('sh', `echo $$ > pid\n${script}`, env, stopAt);
    const evicted = await pod('step ');
    expect(manifest).toContain(`Ignore\n        onExitCodes: { operator: In, values: [${evicted.code}] }`);
    expect((await pod()).said).toContain('paper-seed-0 after step');
    // It is finished, which a third pod cannot go on with.
    expect(manifest).toContain(
      `FailIndex\n        onExitCodes: { operator: In, values: [${(await pod()).code}] }`,
    );
  });
});
