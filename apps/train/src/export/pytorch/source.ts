/** A network as source text in Python: what is defined before it, and the two parts of its class. */
export interface NetworkSource {
  /** Functions and classes that it uses. */
  readonly definitions: readonly string[];
  /** Assignments of layers, a line each. */
  readonly layers: readonly string[];
  /** What it makes of `x`, a line each; the last one returns. */
  readonly forward: readonly string[];
}
