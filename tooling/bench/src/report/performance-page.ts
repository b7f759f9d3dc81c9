import type { Machine } from './machine';
import type { Machines } from './machines';
import { contenderNames, type Report } from './report';
import { detailTables, ratioTable } from './tables';

/** docs/performance.md, from docs/performance.json. */
export function performancePage({ machines }: Machines): string {
  const notYet = 'Not run yet: `npm run bench -- --phases --scaling --save` writes them here.';
  return `# Performance

${howMeasured}

## Results

${machines.length === 0 ? notYet : [ratioTable(machines), ...machines.map(results)].join('\n\n')}
`;
}

const howMeasured = `This page is written by \`npm run bench -- --save\`; do not edit it.

    npm run bench                                   a table
    npm run bench -- --quick                        in less than 5 minutes, once PyTorch is installed
    npm run bench -- --json                         one JSON object, the last line of the output
    npm run bench -- --phases --scaling --save      phases and scaling too, into docs/performance.json and this page
    npm run bench -- --serving                      how fast networks answer over HTTP too: two minutes more
    npm run bench -- --accuracy                     time to accuracy too: an hour or two, most of it PyTorch's

The first run makes a virtual environment with PyTorch (5 GB on Linux) in \`~/.cache/capsnet\` or \`$XDG_CACHE_HOME/capsnet\`.
Without Python, or without a C++ compiler for \`torch.compile\`, the comparisons that need them are left out with the reason.
\`--save\` adds an entry, or replaces all of that of its own machine: the same processor, instruction sets, cores, page size
and setting of huge pages. It ends with what the README has to say of speed, which a test compares.

- Two networks. The paper's for MNIST has 8.2 million parameters, the paper's losses and routing: couplings sum to 1 over
  the parents, three iterations, squared margins, summed squared error of the reconstruction masked by the label.
  Efficient-CapsNet has convolutions with batch normalisation, depthwise primary capsules, the exponential squash and
  self-attention routing, and the same losses and decoder. All contenders compute that, with all gradients.
- A training step is forward, backward and Adam, and reading the loss. Inference is lengths and reconstructions. Ours is what
  an application calls: \`pickBackend\`, \`capsNet\`, \`train\`, and \`classify\` for one image.
- PyTorch runs plain scripts (\`tooling/bench/pytorch/capsnet.py\` and \`efficient.py\`): votes and routing by einsum, the
  architectures of labml.ai's annotated implementation and of Efficient-CapsNet's authors' code. Plain TensorFlow.js is
  \`tooling/bench/src/contenders/obvious.ts\` on backends without our kernels; on wasm with the one kernel added without which
  it cannot train.
- Before anything is timed, all compute the same loss, lengths and reconstruction from the same weights, within 1e-4, and
  still the same losses, within 1e-3, after the first steps of training; otherwise the bench stops. So it does where one image
  has another class, or an activation that differs by more than 1e-4.
- Each contender is a process of its own. They take turns, A B A B, on the same batch, with the same number of threads (wasm
  has one, PyTorch beside it as many as elsewhere). Medians; warm-up is not counted. Memory is the peak resident size of the
  process after training.
- One image is classified by \`classify\`, and by the same network in PyTorch, 100 times, in turns too. The evaluation is a
  process of the command line, with the published network on MNIST's 10,000 test images.
- Over HTTP, 64 clients send one image each as JSON, and the next one when they have the answer. \`capsnet serve\`, a server in Node that
  calls the same network once a request (\`tooling/bench/src/serving/plain-server.ts\`), and one in PyTorch that makes batches as \`capsnet
  serve\` does, 32 images or 2 ms (\`tooling/bench/pytorch/server.py\`), take turns; before that they must say the same of the same images.
  The clients run on the same cores.
- Time of the processor, and of it the time in the kernel, is that of all threads over all timed steps of training. Much time
  in the kernel is an allocator that gives memory back and asks for it again at every step.
- Time to accuracy counts training alone, not the measurements of accuracy on the last 5,000 training images, every quarter of
  an epoch. Both sides begin with the same weights and see the same images in the same order, moved alike.`;

function results(report: Report, index: number): string {
  const { machine, load, threads, commit, date, command, comparisons, seconds } = report;
  const versions = new Set(
    Object.values(comparisons).flatMap(({ backend, results }) =>
      Object.entries(results).map(
        ([name, { versions }]) =>
          `${backend}, ${contenderNames[name] ?? name}: ${Object.entries(versions)
            .map(([what, version]) => `${what} ${version}`)
            .join(', ')}`,
      ),
    ),
  );
  const facts = [
    `\`${command}\`, ${date.slice(0, 10)}, commit ${commit ?? 'unknown'}, ${Math.round(seconds / 60)} minutes`,
    ...machineFacts(machine),
    `programs computing in the minute before: ${load?.toFixed(1) ?? 'not recorded'}`,
    `threads: ${Object.entries(threads)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`,
    ...versions,
  ];
  const title = `### Machine ${index + 1}: ${machine.processor}, ${machine.cores} cores`;
  return [title, facts.map(fact => `- ${fact}`).join('\n'), ...detailTables(report)].join('\n\n');
}

function machineFacts({
  instructionSets,
  pageBytes,
  hugePages,
  memoryBytes,
  system,
  node,
}: Machine): string[] {
  const sets = instructionSets && (instructionSets.join(', ') || 'none of those that matter here');
  const pages = pageBytes === null ? 'not recorded' : `${pageBytes / 1024} KiB`;
  return [
    `instruction sets: ${sets ?? 'not recorded'}`,
    `pages: ${pages}; huge pages: ${hugePages ?? 'not recorded'}`,
    `${(memoryBytes / 2 ** 30).toFixed(0)} GiB, ${system}, Node ${node}`,
  ];
}
