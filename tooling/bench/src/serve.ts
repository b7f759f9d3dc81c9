import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Contender } from './contenders/contender';
import type { Answer, Inferred, Phases, Ready, Request, Timed, Trained } from './contenders/protocol';

/** Answers requests until the input ends. */
export async function serve(
  load: () => Promise<Contender>,
  input: Readable,
  output: Writable,
): Promise<void> {
  const tell = (answer: Answer<unknown>) => output.write(`${JSON.stringify(answer)}\n`);
  let contender: Contender;
  try {
    contender = await load();
  } catch (error) {
    tell({ error: message(error) });
    return;
  }
  tell({ result: { versions: contender.versions } satisfies Ready });
  for await (const line of createInterface({ input })) {
    try {
      tell({ result: await answer(contender, JSON.parse(line)) });
    } catch (error) {
      tell({ error: message(error) });
    }
  }
}

async function answer(
  contender: Contender,
  { do: what, batch, steps }: Request,
): Promise<Trained | Inferred | Phases> {
  switch (what) {
    case 'train': {
      const { results, ...timed } = await time(steps, () => contender.train(batch));
      return { ...timed, losses: results };
    }
    case 'infer': {
      const { results, ...timed } = await time(steps, () => contender.infer(batch));
      const { lengths, reconstructions } = results.at(-1)!;
      const pixels = reconstructions.length / batch;
      return { ...timed, lengths: [...lengths], reconstruction: [...reconstructions.subarray(0, pixels)] };
    }
    case 'phases':
      if (!contender.phases) throw new Error('this contender does not tell its phases');
      return { phases: contender.phases(batch, steps) };
  }
}

async function time<T>(steps: number, run: () => T | Promise<T>): Promise<Timed & { results: T[] }> {
  const seconds: number[] = [];
  const results: T[] = [];
  for (let step = 0; step < steps; step++) {
    const start = performance.now();
    results.push(await run());
    seconds.push((performance.now() - start) / 1000);
  }
  return { seconds, peakBytes: process.resourceUsage().maxRSS * 1024, results };
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
