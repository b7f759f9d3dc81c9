// What lies behind a convolution with bias and ReLU, backward: dy where y is positive, and its sum over all places, the gradient
// of the bias.
#pragma once
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace INSTRUCTION_SET {

constexpr long reluParts = 16;

static long reluGradientScratchFloats(long filters) { return reluParts * filters; }

static void reluGradient(const float* dy, const float* y, long rows, long filters, float* masked, float* dbias,
                         float* scratch) {
  const long vectors = filters / width;
  Lanes* sums = (Lanes*)scratch;
  parallel(reluParts, [&](long part, long) {
    Lanes* sum = sums + part * vectors;
    for (long f = 0; f < vectors; f++) sum[f] = Lanes{};
    for (long row = part * rows / reluParts; row < (part + 1) * rows / reluParts; row++) {
      for (long f = 0; f < vectors; f++) {
        const long at = row * filters + f * width;
        const Lanes gradient = load(y + at) > 0 ? load(dy + at) : Lanes{};
        store(masked + at, gradient);
        sum[f] += gradient;
      }
    }
  });
  for (long f = 0; f < vectors; f++) {
    Lanes sum{};
    for (long part = 0; part < reluParts; part++) sum += sums[part * vectors + f];
    store(dbias + f * width, sum);
  }
}

}  // namespace INSTRUCTION_SET
