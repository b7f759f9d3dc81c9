import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backends, demandBackend } from './backends';
import { count } from './counts';
import { mountReadOnly } from './disk';
import { temporaryFolder, training, type Watched } from './training';

const clearError = {
  code: expect.toBeOneOf([1, 2]),
  stderr: expect.stringMatching(/^capsnet: [^\n]+: this file system is read-only[^\n]*\n$/),
};

describe('a read-only folder', () => {
  test.for(backends)('%s', async (backend, context) => {
    await demandBackend(context, backend);
    const runs = temporaryFolder();
    const { begin, resume, weights, pathOf } = training({ backend, runs, epochs: 1 });
    expect((await begin('undisturbed')).code).toBe(0);

    // Of all runs
    const readOnlyRuns = mountReadOnly(context, runs);
    expect(await begin('refused')).toMatchObject(clearError);
    readOnlyRuns.unmount();

    // Of checkpoints, while the run goes on; then of the whole run, when it is resumed.
    const name = 'in-between';
    const checkpoints = join(pathOf(name), 'checkpoints');
    let readOnlyCheckpoints: ReturnType<typeof mountReadOnly> | undefined;
    const atStep5: Watched = {
      onLine(line, kill) {
        if (!line.startsWith('{"type":"checkpoint"') || JSON.parse(line).step < 5 || readOnlyCheckpoints)
          return;
        // No file may be open for writing there just then.
        kill('SIGSTOP');
        readOnlyCheckpoints = mountReadOnly(context, checkpoints);
        kill('SIGCONT');
      },
    };
    expect(await begin(name, atStep5)).toMatchObject(clearError);
    readOnlyCheckpoints?.unmount();
    const readOnlyRun = mountReadOnly(context, pathOf(name));
    expect(await resume(name)).toMatchObject(clearError);
    readOnlyRun.unmount();

    expect(await resume(name)).toMatchObject({ code: 0, stderr: '' });
    expect(weights(name).equals(weights('undisturbed'))).toBe(true);
    count(context, {
      'refused with a clear error': 3,
      'ended with the bytes of an undisturbed run': 1,
    });
  });
});
