import { expect, it } from 'vitest';
import { run } from './run';

const node = (script: string, timeout = 20_000) => run(process.execPath, ['-e', script], { timeout });

it('gives what a program wrote', async () => {
  expect(await node('console.log("yes")')).toBe('yes\n');
});

it('fails with the last line of a program that fails', async () => {
  await expect(node('console.error("first\\nlast"); process.exit(3)')).rejects.toThrow(
    'ended with code 3: last',
  );
});

it('fails with the line that speaks of an error, where there is one', async () => {
  await expect(node('require("/nowhere.node")')).rejects.toThrow(
    /ended with code 1: Error: Cannot find module '\/nowhere.node'$/,
  );
});

it('fails with what came first: pip finds no version where it has no network', async () => {
  const lines = [
    "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.')'",
    'ERROR: No matching distribution found for tensorflow-cpu',
  ];
  await expect(node(`console.error(${JSON.stringify(lines.join('\n'))}); process.exit(1)`)).rejects.toThrow(
    /ended with code 1: WARNING: Retrying after connection broken by 'ProxyError/,
  );
});

it('says when a program is missing', async () => {
  await expect(run('no-such-program', [], { timeout: 1000 })).rejects.toThrow(
    'no-such-program could not be started',
  );
});

// Windows has no process groups, and compiles no native backend.
it.skipIf(process.platform === 'win32')('ends a program that hangs, with its children', async () => {
  const hang = 'setInterval(() => {}, 1000)';
  const script = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(hang)}], { stdio: 'inherit' }); ${hang}`;
  // It settles only when the child, which holds the same pipes, has ended too.
  await expect(node(script, 500)).rejects.toThrow('took longer than 0.5 s');
});
