// A contender in TensorFlow.js as a process:
//
//     node tfjs-worker.js ours|obvious native|wasm problem.safetensors [course.safetensors]
import { readFile } from 'node:fs/promises';
import { serve } from '../serve';
import type { Contender } from './contender';
import { decodeCourse } from './course';
import { obvious } from './obvious';
import { ours } from './ours';
import { plainNative, plainWasm } from './plain-backends';
import { decodeProblem } from './problem';

const [formulation, backend, path, coursePath] = process.argv.slice(2) as [
  'ours' | 'obvious',
  'native' | 'wasm',
  string,
  string?,
];

async function load(): Promise<Contender> {
  const problem = decodeProblem(await readFile(path));
  const course = coursePath === undefined ? undefined : decodeCourse(await readFile(coursePath));
  if (formulation === 'ours') return ours(backend, problem, course);
  return obvious(problem, await (backend === 'native' ? plainNative() : plainWasm()));
}

const { stdout } = process;
// tfjs and TensorFlow print; only answers may go to standard output.
for (const name of ['log', 'info', 'warn'] as const) console[name] = console.error;
await serve(load, process.stdin, stdout);
