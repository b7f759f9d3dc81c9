import { vi } from 'vitest';
import { tensorFlowBackend } from '../src/native/kernels/tensorflow-backend';

/** Runs something on the native backend and tells which of our operations it took, without what stands about their names. */
export function withOwnOperations<T>(run: () => T): { result: T; operations: string[] } {
  const backend = tensorFlowBackend();
  const all: string[] = [];
  const spies = (['executeSingleOutput', 'executeMultipleOutputs'] as const).map(method => {
    const execute = backend[method].bind(backend) as (name: string, ...others: unknown[]) => never;
    return vi.spyOn(backend, method).mockImplementation((name: string, ...others: unknown[]) => {
      all.push(name);
      return execute(name, ...others);
    });
  });
  try {
    const result = run();
    return { result, operations: all.flatMap(name => /^Capsnet(\w+)_/.exec(name)?.[1] ?? []) };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
