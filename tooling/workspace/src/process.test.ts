import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from './process.mjs';

const node = process.execPath;

describe('run', () => {
  it("gives the program's exit code", async () => {
    expect(await run(node, ['-e', 'process.exit(7)'])).toBe(7);
  });

  it.skipIf(process.platform === 'win32')('gives 128 + n for signal n', async () => {
    expect(await run(node, ['-e', 'process.kill(process.pid, "SIGKILL")'])).toBe(137);
  });

  it('hands arguments over as they are', async () => {
    const script = 'process.exit(process.argv[1] === "a b;$HOME \\"c\\"" ? 0 : 1)';
    expect(await run(node, ['-e', script, 'a b;$HOME "c"'])).toBe(0);
  });

  it('names a program that is not there', async () => {
    await expect(run('no-such-program', [])).rejects.toThrow(/no-such-program cannot be started/);
  });

  it.skipIf(process.platform === 'win32')('waits for a child that ends on its own terms', async () => {
    // The parent runs a child that answers SIGINT by saying goodbye, as training does by writing a checkpoint.
    const child = `process.on('SIGINT', () => { console.log('goodbye'); process.exit(5); });
      setInterval(() => {}, 1000); console.log('ready');`;
    const parent = `import { run } from ${JSON.stringify(new URL('./process.mjs', import.meta.url))};
      process.exitCode = await run(process.execPath, ['-e', ${JSON.stringify(child)}]);`;
    const started = spawn(node, ['--input-type=module', '-e', parent], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    started.stdout.on('data', data => {
      if (`${data}`.includes('ready')) started.kill('SIGINT');
      output += data;
    });
    const [code] = await once(started, 'close');
    expect(output).toContain('goodbye');
    expect(code).toBe(5);
  });
});
