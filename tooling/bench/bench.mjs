// `npm run bench`: how fast the packages are on this machine, against PyTorch and against plain TensorFlow.js.
// What it installs and builds first is told on stderr; stdout has the result alone. Options: `npm run bench -- --help`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a Node program on our terminal.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<number>} exit code
 */
function runNode(file, args, stdio) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], { stdio });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', code => resolve(code ?? 1));
  });
}

const prepared = await runNode('prepare.mjs', [], ['inherit', 2, 2]);
process.exitCode = prepared || (await runNode('dist/cli.js', process.argv.slice(2), 'inherit'));
