import { contenderNames, type Report } from './report';
import { resultTables } from './tables';

/** docs/performance.md, from docs/performance.json or from nothing. */
export function performancePage(report: Report | null): string {
  return `# Performance

${howMeasured}

## Results

${report ? results(report) : 'Not run yet: `npm run bench -- --phases --scaling --save` writes them here.'}
`;
}

const howMeasured = `This page is written by \`npm run bench -- --save\`; do not edit it.

    npm run bench                                   a table
    npm run bench -- --quick                        in less than 5 minutes, once PyTorch is installed
    npm run bench -- --json                         one JSON object, the last line of the output
    npm run bench -- --phases --scaling --save      everything, into docs/performance.json and this page

The first run makes a virtual environment with PyTorch (5 GB on Linux) in \`~/.cache/capsnet\` or \`$XDG_CACHE_HOME/capsnet\`.
Without Python, or without a C++ compiler for \`torch.compile\`, the comparisons that need them are left out with the reason.

- The network is the paper's for MNIST, 8.2 million parameters, with the paper's losses and routing: couplings sum to 1 over
  the parents, three iterations, squared margins, summed squared error of the reconstruction masked by the label. All
  contenders compute that, with all gradients.
- A training step is forward, backward and Adam, and reading the loss. Inference is lengths and reconstructions. Ours is what
  an application calls: \`pickBackend\`, \`capsNet\`, \`train\`.
- PyTorch runs a plain script (\`tooling/bench/pytorch/capsnet.py\`): votes and routing by einsum, the architecture of
  labml.ai's annotated implementation. Plain TensorFlow.js is \`tooling/bench/src/contenders/obvious.ts\` on backends without our kernels;
  on wasm with the one kernel added without which it cannot train.
- Before anything is timed, all compute the same loss, lengths and reconstruction from the same weights, within 1e-4, and
  still the same losses, within 1e-3, after the first steps of training; otherwise the bench stops.
- Each contender is a process of its own. They take turns, A B A B, on the same batch, with the same number of threads (wasm
  has one, PyTorch beside it as many as elsewhere). Medians; warm-up is not counted. Memory is the peak resident size of the
  process after training.`;

function results(report: Report): string {
  const { machine, threads, commit, date, command, comparisons, seconds } = report;
  const versions = Object.entries(comparisons).flatMap(([backend, { results }]) =>
    Object.entries(results).map(
      ([name, { versions }]) =>
        `${backend}, ${contenderNames[name] ?? name}: ${Object.entries(versions)
          .map(([what, version]) => `${what} ${version}`)
          .join(', ')}`,
    ),
  );
  const facts = [
    `\`${command}\`, ${date.slice(0, 10)}, commit ${commit ?? 'unknown'}, ${Math.round(seconds / 60)} minutes`,
    `${machine.processor}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${machine.system}, Node ${machine.node}`,
    `threads: ${Object.entries(threads)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`,
    ...versions,
  ];
  return `${facts.map(fact => `- ${fact}`).join('\n')}\n\n${resultTables(report)}`;
}
