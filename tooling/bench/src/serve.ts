import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Contender } from './contenders/contender';
import type {
  Answer,
  Classified,
  Inferred,
  Learnt,
  Phases,
  Ready,
  Request,
  Timed,
  Trained,
} from './contenders/protocol';

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
  request: Request,
): Promise<Trained | Inferred | Classified | Learnt | Phases> {
  const { steps } = request;
  switch (request.do) {
    case 'train': {
      const { results, ...timed } = await time(steps, () => contender.train(request.batch));
      return { ...timed, losses: results };
    }
    case 'infer': {
      const { results, ...timed } = await time(steps, () => contender.infer(request.batch));
      const { lengths, reconstructions } = results.at(-1)!;
      const pixels = reconstructions.length / request.batch;
      return { ...timed, lengths: [...lengths], reconstruction: [...reconstructions.subarray(0, pixels)] };
    }
    case 'classify': {
      if (!contender.classify) throw new Error('this contender does not classify');
      const { results, ...timed } = await time(steps, () => contender.classify!(request.batch));
      return { ...timed, ...results.at(-1)! };
    }
    case 'learn': {
      if (!contender.learn || !contender.accuracy) throw new Error('this contender has no course to learn');
      const { results, ...timed } = await time(steps, () => contender.learn!());
      return { ...timed, losses: results, accuracy: await contender.accuracy() };
    }
    case 'phases':
      if (!contender.phases) throw new Error('this contender does not tell its phases');
      return { phases: contender.phases(request.batch, steps) };
  }
}

async function time<T>(steps: number, run: () => T | Promise<T>): Promise<Timed & { results: T[] }> {
  const seconds: number[] = [];
  const results: T[] = [];
  const before = process.resourceUsage();
  for (let step = 0; step < steps; step++) {
    const start = performance.now();
    results.push(await run());
    seconds.push((performance.now() - start) / 1000);
  }
  const after = process.resourceUsage();
  const processor = {
    user: (after.userCPUTime - before.userCPUTime) / 1e6,
    system: (after.systemCPUTime - before.systemCPUTime) / 1e6,
  };
  return { seconds, processor, peakBytes: after.maxRSS * 1024, results };
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
