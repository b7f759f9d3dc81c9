import { beforeEach, expect, it } from 'vitest';
import { bundleOfSources } from '../../../test/bundle-of-sources';
import { demandOwnKernels } from '../../../test/demand-own-kernels';
import { finish } from '../../../test/finished-process';

const script = await bundleOfSources('kernel-outputs-process.ts');

beforeEach(demandOwnKernels);

interface Told {
  readonly device: string;
  /** The bytes of what each kernel gives, in base64. */
  readonly outputs: Readonly<Record<string, string>>;
}

async function kernelsIn(env: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<Told[]> {
  const { lines, errors, code } = await finish(script, args, { env });
  expect({ errors, code }).toEqual({ errors: '', code: 0 });
  return lines.map(line => JSON.parse(line));
}

/** What a process told whose main thread alone computed. */
async function told(env: NodeJS.ProcessEnv = {}): Promise<Told> {
  const [only, ...others] = await kernelsIn(env);
  expect(others).toEqual([]);
  return only!;
}

it('computes the same bits in every process, with any number of threads', async () => {
  const { outputs } = await told({ TF_NUM_INTRAOP_THREADS: '1' });
  expect(Object.keys(outputs)).toHaveLength(39);
  for (const threads of ['1', '2', '3'])
    expect((await told({ TF_NUM_INTRAOP_THREADS: threads })).outputs).toEqual(outputs);
});

it('computes the same on threads of JavaScript beside the main one, which share its threads', async () => {
  const { outputs, device } = await told();
  const all = await kernelsIn({}, ['workers']);
  expect(all).toEqual([
    { outputs, device },
    { outputs, device },
    { outputs, device },
  ]);
});

it.for(['avx512', 'avx2', 'generic'])('%s computes the same but for rounding', async (set, context) => {
  const [best, other] = [await told(), await told({ CAPSNET_INSTRUCTION_SET: set })];
  if (!other.device.includes(`our own kernels for ${set},`))
    context.skip(`the processor has no ${set}, or there are no kernels for it here`);
  for (const [name, expected] of Object.entries(best.outputs))
    expect(numbers(other.outputs[name]!), name).toBeAllClose(numbers(expected), { relative: 2e-5 });
});

function numbers(base64: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
}
