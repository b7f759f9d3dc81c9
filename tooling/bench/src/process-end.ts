import type { ChildProcess } from 'node:child_process';

/** How a process ends, in words, with the last line that it has written to standard error. */
export function endOf(child: ChildProcess, program: string): Promise<string> {
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  return new Promise(resolve => {
    child.on('error', error => resolve(`${program} cannot be started: ${error.message}`));
    child.on('close', (code, signal) => {
      const last = said.trim().split('\n').at(-1);
      resolve(`the process ended with ${signal ?? `exit code ${code}`}${last ? `: ${last}` : ''}`);
    });
  });
}
