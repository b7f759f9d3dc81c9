import { expect, it } from 'vitest';
import { nativeCommand } from './native-command';

/** What the program prints and says of how it ended. */
async function run(args: readonly string[], copies: readonly string[] = []) {
  const lines: string[] = [];
  const program = nativeCommand(
    line => lines.push(line),
    () => [...copies],
  );
  const output = {
    writeOut: (text: string) => lines.push(text),
    writeErr: (text: string) => lines.push(text),
  };
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput(output);
  process.exitCode = undefined;
  try {
    await program.parseAsync(args, { from: 'user' });
    return { text: lines.join('\n'), code: process.exitCode ?? 0 };
  } catch (error) {
    return { text: lines.join('\n'), code: (error as { exitCode: number }).exitCode };
  } finally {
    process.exitCode = undefined;
  }
}

it('says why the native backend does not work, with exit code 1', async () => {
  const { text, code } = await run(['status'], ['/nowhere']);
  expect(text).toBe('the addon of @tensorflow/tfjs-node is not there (/nowhere)');
  expect(code).toBe(1);
  expect(await run(['status'])).toEqual({
    text: '@tensorflow/tfjs-node is not installed; `npx --package @capsnet/backend capsnet-native install` says how to get it',
    code: 1,
  });
});

it('lists its commands, and suggests one for a name that is mistyped', async () => {
  expect((await run(['--help'])).text).toMatch(/^ {2}install .*^ {2}status /ms);
  const { text, code } = await run(['stauts']);
  expect(text).toContain('Did you mean status?');
  expect(code).toBe(1);
});
