// Batch normalisation in training (Ioffe and Szegedy 2015), rows [count, channels], and its gradient:
//
//   xhat = (x - mean) / s, s = sqrt(variance + epsilon)      y = gamma xhat + beta
//   dbeta = sum of dy, dgamma = sum of dy xhat               dx = gamma / s (dy - dbeta / count - xhat dgamma / count)
#pragma once
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace INSTRUCTION_SET {
namespace batchNorm {

/** Sums are made in so many parts, whatever the number of threads. */
constexpr long parts = 16;

static long scratchFloats(long channels) { return 2 * parts * channels; }

static inline long firstRow(long part, long count) { return part * count / parts; }

/** Mean and variance of each part by itself, and then of all (Chan, Golub and LeVeque 1979): no large sums cancel. */
static void moments(const float* x, long count, long channels, float* mean, float* variance, float* scratch) {
  const long vectors = channels / width;
  Lanes *means = (Lanes*)scratch, *squares = means + parts * vectors;  // [part][channels], sums of squared distances
  parallel(parts, [&](long part, long) {
    const long from = firstRow(part, count), to = firstRow(part + 1, count);
    Lanes *m = means + part * vectors, *q = squares + part * vectors;
    for (long c = 0; c < vectors; c++) m[c] = q[c] = Lanes{};
    if (from == to) return;
    for (long row = from; row < to; row++)
      for (long c = 0; c < vectors; c++) m[c] += load(x + row * channels + c * width);
    for (long c = 0; c < vectors; c++) m[c] /= (float)(to - from);
    for (long row = from; row < to; row++) {
      for (long c = 0; c < vectors; c++) {
        const Lanes distance = load(x + row * channels + c * width) - m[c];
        q[c] += distance * distance;
      }
    }
  });
  for (long c = 0; c < vectors; c++) {
    Lanes sum{}, square{};
    for (long part = 0; part < parts; part++)
      sum += means[part * vectors + c] * (float)(firstRow(part + 1, count) - firstRow(part, count));
    const Lanes all = sum / (float)count;
    for (long part = 0; part < parts; part++) {
      const Lanes distance = means[part * vectors + c] - all;
      square += squares[part * vectors + c] +
                distance * distance * (float)(firstRow(part + 1, count) - firstRow(part, count));
    }
    store(mean + c * width, all);
    store(variance + c * width, square / (float)count);
  }
}

static void normalise(const float* x, long count, long channels, float epsilon, const float* gamma, const float* beta,
                      float* y, float* mean, float* variance, float* scratch) {
  moments(x, count, channels, mean, variance, scratch);
  const long vectors = channels / width;
  Lanes *factors = (Lanes*)scratch, *shifts = factors + vectors;
  for (long c = 0; c < vectors; c++) {
    factors[c] = load(gamma + c * width) / squareRoot(load(variance + c * width) + epsilon);
    shifts[c] = load(beta + c * width) - load(mean + c * width) * factors[c];
  }
  parallel(parts, [&](long part, long) {
    for (long row = firstRow(part, count); row < firstRow(part + 1, count); row++)
      for (long c = 0; c < vectors; c++) {
        const long at = row * channels + c * width;
        store(y + at, load(x + at) * factors[c] + shifts[c]);
      }
  });
}

static void gradient(const float* dy, const float* x, long count, long channels, float epsilon, const float* gamma,
                     const float* mean, const float* variance, float* dx, float* dgamma, float* dbeta, float* scratch) {
  const long vectors = channels / width;
  Lanes *sums = (Lanes*)scratch, *radials = sums + parts * vectors;  // [part][channels]: of dy, of dy (x - mean)
  parallel(parts, [&](long part, long) {
    Lanes *sum = sums + part * vectors, *radial = radials + part * vectors;
    for (long c = 0; c < vectors; c++) sum[c] = radial[c] = Lanes{};
    for (long row = firstRow(part, count); row < firstRow(part + 1, count); row++) {
      for (long c = 0; c < vectors; c++) {
        const long at = row * channels + c * width;
        const Lanes d = load(dy + at);
        sum[c] += d;
        radial[c] += d * (load(x + at) - load(mean + c * width));
      }
    }
  });
  Lanes *factors = sums, *centres = radials, *slopes = sums + vectors;  // of the first two parts, when they are summed
  for (long c = 0; c < vectors; c++) {
    Lanes sum{}, radial{};
    for (long part = 0; part < parts; part++) {
      sum += sums[part * vectors + c];
      radial += radials[part * vectors + c];
    }
    const Lanes s = squareRoot(load(variance + c * width) + epsilon);
    store(dbeta + c * width, sum);
    store(dgamma + c * width, radial / s);
    // dx = factor dy + slope (x - mean) + centre
    const Lanes factor = load(gamma + c * width) / s;
    factors[c] = factor;
    slopes[c] = -factor * radial / (s * s) / (float)count;
    centres[c] = -factor * sum / (float)count;
  }
  parallel(parts, [&](long part, long) {
    for (long row = firstRow(part, count); row < firstRow(part + 1, count); row++) {
      for (long c = 0; c < vectors; c++) {
        const long at = row * channels + c * width;
        store(dx + at, factors[c] * load(dy + at) + (slopes[c] * (load(x + at) - load(mean + c * width)) + centres[c]));
      }
    }
  });
}

}  // namespace batchNorm
}  // namespace INSTRUCTION_SET
