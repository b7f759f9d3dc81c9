import { isMainThread } from 'node:worker_threads';

/** Where TensorFlow looks, once, whether it is to keep memory for the next tensor, not to have it mapped and zeroed each time. */
const variable = 'TF_CPU_ALLOCATOR_USE_BFC';

/**
 * Whether TensorFlow keeps its memory, as {@link askForMemoryPool} leaves it: yes, unless the environment says otherwise, or
 * nobody can ask for it any more.
 *
 * @param isLoaded whether TensorFlow has been loaded, so that it has looked
 */
export function hasMemoryPool(isLoaded: boolean): boolean {
  // A worker has a copy of the environment, which TensorFlow does not see.
  const asked = process.env[variable] ?? (isLoaded || !isMainThread ? 'false' : 'true');
  return /^(true|1)$/i.test(asked);
}

/** Has TensorFlow, which is still to be loaded, keep its memory, unless the environment says otherwise. */
export function askForMemoryPool(): void {
  if (isMainThread) process.env[variable] ??= 'true';
}
