// The sizes and constant matrices of a strided convolution as a bilinear form, y = S [(A x) . (B w)]; see
// packages/core/src/convolution for the mathematics. At strides s each of the s x s phases, image and kernel both, is a
// convolution of stride 1, and their products are summed.
#pragma once

/** One axis of both: vertical or horizontal. */
struct Axis {
  long image, kernel, stride;
  long outputs, taps, inputs;  // of one phase: inputs = outputs + taps - 1, which is also the number of components
  long reals, pairs;           // points: real ones first, then complex ones with a component for either part
  const float* matrices;       // [components, inputs + taps + outputs]: rows of A, of B and of S transposed

  long row() const { return inputs + taps + outputs; }
  const float* a() const { return matrices; }
  const float* b() const { return matrices + inputs; }
  const float* s() const { return matrices + inputs + taps; }
  long tapsOf(long phase) const { return kernel > phase ? (kernel - phase + stride - 1) / stride : 0; }
};

/** Few numbers in each row. */
struct Sparse {
  long rows;
  const int* starts;  // [rows + 1]
  const int* columns;
  const float* factors;
};

struct Phase {
  long vertical, horizontal;
  const int* ranks;  // those at which its kernel is not 0: a phase with one tap less has nothing at infinity
  long count;
  long first;        // how many ranks all phases before it have
};

struct BilinearPlan {
  long batch, channels, filters;
  Axis vertical, horizontal;
  long ranks;
  Sparse evaluate, evaluateTransposed;    // [ranks, components], of either factor
  Sparse recombine, recombineTransposed;  // [components, ranks]
  const Phase* phases;
  long phaseCount, phaseRanks;  // of all phases together

  long positions() const { return vertical.inputs * horizontal.inputs; }
  long outputs() const { return vertical.outputs * horizontal.outputs; }
};

/** Memory for a plan's parts, which it must not outlive. */
class PlanMemory;

/**
 * @param batch, channels, filters and the axes' image, kernel, stride, reals, pairs and matrices are known; the rest is
 *   filled in
 */
void completePlan(BilinearPlan&, PlanMemory&);
