import type { Results } from './results';

/** docs/reliability.md, from docs/reliability.json; null before the first whole run. */
export function reliabilityPage(results: Results | null): string {
  return `# Reliability

${howTested}

## Results

${results ? found(results) : 'Not run in full yet: `npm run test:faults -- --save` writes them here.'}
`;
}

function found(results: Results): string {
  const { machine, commit, date, command, seconds, tests } = results;
  const later = new Map(
    tests.flatMap(test => (test.later ? [[test.later.command, test.later] as const] : [])),
  );
  const parts = [...later.values()].map(
    part => `- \`${part.command}\`, ${part.date.slice(0, 10)}, commit ${part.commit ?? 'unknown'}\n`,
  );
  return `- \`${command}\`, ${date.slice(0, 10)}, commit ${commit ?? 'unknown'}, ${Math.round(seconds / 60)} minutes
${parts.join('')}- ${machine.processor}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${machine.system}, Node ${machine.node}

${resultList(results)}`;
}

/** What was counted, fault by fault: Markdown that reads well on a terminal, too. */
export function resultList({ tests }: Pick<Results, 'tests'>): string {
  const faults = [...new Set(tests.map(({ fault }) => fault))];
  return faults
    .map(fault => {
      const lines = tests
        .filter(test => test.fault === fault)
        .map(({ name, state, counts, reason }) =>
          state === 'passed'
            ? `- ${name}: ${counted(counts)}`
            : `- ${name}: ${state}${reason ? `, ${reason}` : ''}`,
        );
      return `### ${fault.replace(/^./, first => first.toUpperCase())}\n\n${lines.join('\n')}`;
    })
    .join('\n\n');
}

function counted(counts: Results['tests'][number]['counts']): string {
  return Object.entries(counts)
    .map(([what, number]) => `${number.toLocaleString('en')} ${what}`)
    .join(', ');
}

const howTested = `This page is written by \`npm run test:faults -- --save\`; do not edit it.

    npm run test:faults              every fault in full, and a list of what was counted
    npm run test:faults -- --save    the same, into docs/reliability.json and this page
    npm run test:faults -- -t NAME   those with such a name, as Vitest has it; with --save they take the place of theirs
    npm test                         has a quick part of each fault

Each fault is a file of \`tooling/faults/src\`. What is random there is drawn from a seed, so it is the same in every run, but
for the exact moment at which the system ends a process.

- \`killed\`: \`capsnet train\` as a process, ended by SIGKILL: in turn at any moment from its start to its end, and as
  soon as a checkpoint is seen to be written. It is resumed, and killed again, until the run is over. No checkpoint
  that was told is lost, none is damaged, and the model file has the bytes of an undisturbed run's.
- \`full-disk\`, \`read-only-folder\`: a file system in memory that is too small, in steps from a few blocks to all but what the
  last file needs; a read-only mount of all runs, of one run, of its checkpoints while it goes on. One line says so; once
  mended, the run goes on and ends with the bytes of an undisturbed one.
- \`damaged-checkpoint\`: one bit is flipped, or the rest is cut off, at a random byte of the newest checkpoint. Training goes on
  from the one before, says so, and ends with the bytes of an undisturbed run; it refuses if all are damaged.
- \`fuzz-*\`: the files of \`tooling/faults/corpus\` with bits, numbers, parts and JSON values changed, also with lengths, checksums
  and digests that fit the change. Each input is read, or refused with the error that the package declares; none takes longer
  than 30 s, or more memory than 8 MB and 100 times its size.
- \`hostile-files\`: paths and links out of the folder, shapes that no memory holds, keys that JavaScript gives a meaning.
- \`long-training\`: the number of tensors after each step, and the resident memory of the process, which stays within
  5 %, with a JavaScript heap of at most 48 MB, for V8 on a large machine lets garbage lie. What a run keeps of each step is
  its measurement, about 0.2 kB, to draw the learning curves. So it is in an evaluation of 60,000 images.
- \`native-kernels\`: the C++ kernels of the native backend on their own, compiled for each instruction set that the processor has,
  with 1 and with 3 threads, on memory of exactly the size that they asked for, against loops in double. The address sanitizer and
  the one for undefined behaviour watch.
- \`native-memory\`: all C++ kernels of the native backend a thousand times: the number of tensors after each time, and the resident
  memory, which stays within 10 %; and with less memory than they need.
- \`not-a-number\`: one pixel of one batch is NaN. Training stops at that very step, also where the loss does not see the pixel.
- \`resumed-otherwise\`: between the interruption of a run and its resumption one thing is changed: each value of its
  configuration, in its file and on the command line, images, labels, backend, checkpoints, what it remembers. It is refused
  with exit code 2 and one line, and touches nothing; or the change is noted; or the bytes are those of the undisturbed run.
- \`serving\`: \`capsnet serve\` as a process, asked for one picture after the other by 80 clients at once. Every answer is that of
  the network in another process, none fails, and the resident memory stays within 10 % and 32 MB.
- \`queue\`: trainings that three workers take from a Redis, as processes. Workers are killed at any moment; Redis is killed, or ended, and starts
  anew; the network of a worker is cut for longer than its lease; a worker stands still until another one has its training, and goes on.
  The rows and the model files are those of one undisturbed process.
- \`sweep\`: \`capsnet sweep\` as a process, ended by SIGKILL at any moment, and on disks that are too small: called again, it makes the
  decisions of an undisturbed one, and its trainings end with the same bytes. Optuna and its dashboard, from PyPI, read what it writes.
- \`same-seed\`, \`two-processes\`: what their names say. A run that is taken over from a process that lives ends with the bytes of
  an undisturbed one, and the earlier process writes nothing more.`;
