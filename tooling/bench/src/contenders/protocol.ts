/**
 * How a contender is driven: a process of its own that loads once, then answers a line of JSON on its standard input with
 * a line of JSON on its standard output, so that contenders can take turns.
 */
export type Request = BatchRequest | LearnRequest;

export interface BatchRequest {
  /** `'phases'` only of contenders that can. */
  readonly do: 'train' | 'infer' | 'classify' | 'phases';
  /** Rows of the problem's images, from the first one on. */
  readonly batch: number;
  readonly steps: number;
}

/** The next steps of the course with which the contender was started. */
export interface LearnRequest {
  readonly do: 'learn';
  readonly steps: number;
}

/** Whether it went well. The first answer comes by itself, when the contender has loaded: a {@link Ready}. */
export type Answer<T> = { readonly result: T } | { readonly error: string };

export interface Ready {
  readonly versions: Readonly<Record<string, string>>;
}

export interface Timed {
  /** Of each step. */
  readonly seconds: readonly number[];
  /** Of all steps; null where it is not known. */
  readonly processor: ProcessorTime | null;
  /** Peak resident memory of the process so far; null where it is not known. */
  readonly peakBytes: number | null;
}

/** Seconds of all threads together. */
export interface ProcessorTime {
  /** In the program. */
  readonly user: number;
  /** In the kernel, for the program: of allocations above all. */
  readonly system: number;
}

/** Steps of Adam on one batch, and the loss before each. */
export interface Trained extends Timed {
  readonly losses: readonly number[];
}

/** Steps of Adam of the course, and what came of them, which is not timed: the accuracy on the validation split. */
export interface Learnt extends Trained {
  readonly accuracy: number;
}

export interface Inferred extends Timed {
  /** Lengths of the class capsules of the last step, [batch, classes] in C order. */
  readonly lengths: readonly number[];
  /** Of the first image. */
  readonly reconstruction: readonly number[];
}

/** The most active class of each image, and its activation, of the last step. */
export interface Classified extends Timed {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

/** Seconds that one phase of a training step took, medians over steps. `backward` is null where there is none. */
export interface Phase {
  readonly name: string;
  readonly forward: number;
  readonly backward: number | null;
}

export interface Phases {
  readonly phases: readonly Phase[];
}
