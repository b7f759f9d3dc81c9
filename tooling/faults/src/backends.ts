import { listBackends, pickBackend } from '@capsnet/backend';
import type { TestContext } from 'vitest';
import { skipBecause } from './counts';

/** Those that people train on in Node. */
export const backends = ['native', 'wasm'] as const;
export type FaultBackend = (typeof backends)[number];

/** Skips the test on a machine that lacks the backend. */
export async function demandBackend(context: TestContext, backend: FaultBackend): Promise<void> {
  const state = (await listBackends()).find(({ name }) => name === backend);
  if (!state?.available) skipBecause(context, `${backend}: ${state?.reason ?? 'unknown'}`);
}

/** The same, and computes on it in this process. */
export async function useBackend(context: TestContext, backend: FaultBackend): Promise<void> {
  await demandBackend(context, backend);
  await pickBackend({ only: backend });
}
