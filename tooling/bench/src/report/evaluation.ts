import { spawn } from 'node:child_process';
import { capsnetProgram } from '../capsnet-program';
import { median } from '../quantile';

/** The command line over all test images of MNIST. */
export interface Evaluation {
  readonly command: string;
  readonly images: number;
  /** From the start of the process to its end, median. */
  readonly seconds: number;
  readonly allSeconds: readonly number[];
  /** What the last run itself took for the images, without starting, loading and reading files. */
  readonly evaluating: number;
  /** Share of the images whose class was found. */
  readonly accuracy: number;
}

/**
 * Times `capsnet evaluate` of the published network, which comes with MNIST's 10,000 test images, from start to end.
 *
 * @throws if it fails, with what it said last
 */
export async function measureEvaluation(
  backend: string,
  times: number,
  program = capsnetProgram(),
): Promise<Evaluation> {
  const args = ['evaluate', '--pretrained', 'capsnet-mnist', '--backend', backend, '--json'];
  const allSeconds: number[] = [];
  let said: { readonly images: number; readonly seconds: number; readonly accuracy: number } | undefined;
  for (let run = 0; run < times; run++) {
    const start = performance.now();
    const output = await outputOf([program, ...args]);
    allSeconds.push((performance.now() - start) / 1000);
    said = JSON.parse(output);
  }
  const { images, seconds: evaluating, accuracy } = said!;
  const command = ['capsnet', ...args].join(' ');
  return { command, images, seconds: median(allSeconds), allSeconds, evaluating, accuracy };
}

/** What a Node program writes to standard output. */
function outputOf(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, said] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve(output);
      else reject(new Error(`capsnet evaluate failed: ${said.trim().split('\n').at(-1) ?? ''}`));
    });
  });
}
