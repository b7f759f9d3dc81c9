import { spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonWith } from '@capsnet/testing/python';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capsnet } from './command-line';
import { commands, programs } from './exporting-guide';
import { onnxRequirements } from './onnx-requirements';

// What the guide tells to run, run in its order, prints what it says. Its program for PyTorch is run by npm run test:faults.
const folder = mkdtempSync(join(tmpdir(), 'capsnet-exporting-guide-'));
const server = createServer(({ url }, response) => createReadStream(join(folder, url!)).pipe(response));
beforeAll(async () => {
  symlinkSync(join(import.meta.dirname, '..', 'node_modules'), join(folder, 'node_modules'), 'junction');
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  for (const args of commands) {
    const { code, stderr } = await capsnet([...args, '--backend', 'wasm'], { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
  }
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the guide on exporting', () => {
  it('has a command for each form', () => {
    expect(commands.map(args => args[args.indexOf('--to') + 1])).toEqual(['onnx', 'pytorch', 'tfjs', 'npz']);
  });

  it.for(['onnxruntime-web', '@capsnet/core'])(
    'says what its program in JavaScript prints: %s',
    async library => {
      const [program, ...others] = programs('js').filter(({ source }) => source.includes(`'${library}'`));
      expect(others).toEqual([]);
      const { port } = server.address() as AddressInfo;
      const source = program!.source.replace('http://127.0.0.1:8080', `http://127.0.0.1:${port}`);
      writeFileSync(join(folder, 'program.mjs'), source);
      expect(await printedBy(process.execPath, ['program.mjs'])).toBe(program!.output);
    },
  );

  it.for(['onnxruntime', 'np.load'])(
    'says what its program in Python prints: %s',
    async (library, context) => {
      const python = await pythonWith(onnxRequirements).catch((error: Error) => error);
      if (python instanceof Error) return context.skip(`${onnxRequirements.join(', ')}: ${python.message}`);
      const [program, ...others] = programs('python').filter(({ source }) => source.includes(library));
      expect(others).toEqual([]);
      expect(await python.run(['-c', program!.source], folder)).toBe(program!.output);
    },
  );
});

async function printedBy(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  const code = await new Promise(resolve => child.on('close', resolve));
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return stdout;
}
