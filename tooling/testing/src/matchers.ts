import { beforeEach, expect, inject } from 'vitest';

/** A tensor's values with its shape, as the golden files store them. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

interface Tolerance {
  /** Largest difference allowed, as a fraction of the largest expected magnitude. Default 3e-5. */
  readonly relative?: number;
  /** Difference allowed in any case, for expected values that are all zero. Default 1e-12. */
  readonly absolute?: number;
}

/** What `toBeAllClose` compares: values with a shape, a plain array, or anything that `dataSync` reads. */
type Comparable =
  | Values
  | ArrayLike<number>
  | { readonly shape: readonly number[]; dataSync(): ArrayLike<number> };

declare module 'vitest' {
  /** For the report of all packages. */
  interface TaskMeta {
    backend?: string;
    /** Why the test was skipped. */
    missing?: string;
  }
  // biome-ignore lint/suspicious/noExplicitAny: the signature that Vitest declares
  interface Matchers<T = any> {
    /** Compares element by element and says where the largest difference is, and how large. */
    toBeAllClose(expected: Comparable, tolerance?: Tolerance): T;
  }
}

// Every test of a backend that this machine lacks is reported as skipped, with the reason.
const backend = inject('backend');
const missing = inject('missing');
beforeEach(({ task, skip }) => {
  task.meta.backend = backend;
  if (missing === null) return;
  task.meta.missing = missing;
  skip(missing);
});

expect.extend({
  toBeAllClose(
    received: Comparable,
    expected: Comparable,
    { relative = 3e-5, absolute = 1e-12 }: Tolerance = {},
  ) {
    const [found, wanted] = [values(received), values(expected)];
    const shapesAgree = !found.shape || !wanted.shape || found.shape.join() === wanted.shape.join();
    if (!shapesAgree || found.data.length !== wanted.data.length) {
      const show = ({ shape, data }: ReturnType<typeof values>) => `[${shape ?? data.length}]`;
      return { pass: false, message: () => `expected shape ${show(wanted)}, found ${show(found)}` };
    }
    let largest = 0;
    let worst = 0;
    let difference = 0;
    for (let i = 0; i < wanted.data.length; i++) {
      largest = Math.max(largest, Math.abs(wanted.data[i]!));
      const distance = Math.abs(found.data[i]! - wanted.data[i]!);
      // The negation catches NaN, which compares false with everything.
      if (!(distance <= difference)) [difference, worst] = [distance, i];
      if (Number.isNaN(distance)) break;
    }
    const allowed = Math.max(relative * largest, absolute);
    return {
      pass: difference <= allowed,
      message: () =>
        `largest difference ${difference} at [${position(worst, wanted.shape)}]: expected ${wanted.data[worst]}, ` +
        `found ${found.data[worst]}; allowed ${allowed} (${relative} of the largest magnitude ${largest})`,
    };
  },
});

function values(value: Comparable): { shape?: readonly number[]; data: ArrayLike<number> } {
  if ('dataSync' in value) return { shape: value.shape, data: value.dataSync() };
  if ('data' in value) return value;
  return { data: value };
}

/** The index in C order as coordinates. */
function position(index: number, shape: readonly number[] = [index + 1]): string {
  const coordinates: number[] = [];
  for (const size of [...shape].reverse()) {
    coordinates.unshift(index % size);
    index = Math.floor(index / size);
  }
  return coordinates.join();
}
