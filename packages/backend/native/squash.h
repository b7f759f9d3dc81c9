// The squashes and their gradients, for capsules [dim] of lanes; see packages/core/src/capsules.
#pragma once
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace INSTRUCTION_SET {

static inline Lanes dot(const Lanes* x, const Lanes* y, long dim) {
  Lanes sum{};
  for (long e = 0; e < dim; e++) sum += x[e] * y[e];
  return sum;
}

/** The paper's equation 1: v = |s|^2 / (1 + |s|^2) s / sqrt(|s|^2 + epsilon) */
static inline void squash(const Lanes* s, long dim, float epsilon, Lanes* v) {
  const Lanes n = dot(s, s, dim);
  // Two divisions, for the product of the denominators is too large for long vectors.
  const Lanes factor = n / (1 + n) / squareRoot(n + epsilon);
  for (long e = 0; e < dim; e++) v[e] = factor * s[e];
}

/** ds = f dv + 2 f' (s . dv) s, where v = f(|s|^2) s */
static inline void squashGradient(const Lanes* s, const Lanes* dv, long dim, float epsilon, Lanes* ds) {
  const Lanes n = dot(s, s, dim);
  const Lanes rest = 1 / (1 + n);
  const Lanes g = rest / squareRoot(n + epsilon);  // f = n g
  const Lanes slope = g * (rest - n / (2 * (n + epsilon)));
  const Lanes radial = 2 * slope * dot(s, dv, dim);
  const Lanes f = n * g;
  for (long e = 0; e < dim; e++) ds[e] = f * dv[e] + radial * s[e];
}

/** (1 - e^-n) / n; below 0.1, where the difference loses its digits, by its series. */
static inline Lanes exponentialFactor(Lanes n) {
  const Lanes series = 1 - n / 2 * (1 - n / 3 * (1 - n / 4 * (1 - n / 5)));
  return n < 0.1f ? series : (1 - exponential(-n)) / n;
}

/** That of Efficient-CapsNet: v = (1 - e^-|s|) s / |s| */
static inline void exponentialSquash(const Lanes* s, long dim, Lanes* v) {
  const Lanes factor = exponentialFactor(squareRoot(dot(s, s, dim)));
  for (long e = 0; e < dim; e++) v[e] = factor * s[e];
}

/** ds = f dv + (e^-n - f) (s . dv) s / n^2, where v = f(n) s and n = |s| */
static inline void exponentialSquashGradient(const Lanes* s, const Lanes* dv, long dim, Lanes* ds) {
  const Lanes square = dot(s, s, dim);
  const Lanes n = squareRoot(square);
  const Lanes f = exponentialFactor(n);
  const Lanes radial = (exponential(-n) - f) * dot(s, dv, dim);
  const Lanes along = square > 0 ? radial / square : Lanes{};
  for (long e = 0; e < dim; e++) ds[e] = f * dv[e] + along * s[e];
}

/** So many capsules a task. */
constexpr long capsulesOfTask = 64 * width;

static long squashScratchFloats(const SquashProblem& p) { return workers() * 3 * p.dim * width; }

/** @param dv of the capsules, for their gradient, or null for the capsules themselves */
static void squashAll(const SquashProblem& p, const float* s, const float* dv, float* out, float* scratch) {
  parallel((p.capsules + capsulesOfTask - 1) / capsulesOfTask, [&](long task, long worker) {
    Lanes* from = (Lanes*)scratch + worker * 3 * p.dim;
    Lanes *gradient = from + p.dim, *to = gradient + p.dim;
    const long end = (task + 1) * capsulesOfTask < p.capsules ? (task + 1) * capsulesOfTask : p.capsules;
    for (long first = task * capsulesOfTask; first < end; first += width) {
      const long rows = end - first < width ? end - first : width;
      intoLanes(s + first * p.dim, rows, p.dim, p.dim, from);
      if (dv) {
        intoLanes(dv + first * p.dim, rows, p.dim, p.dim, gradient);
        if (p.exponential) exponentialSquashGradient(from, gradient, p.dim, to);
        else squashGradient(from, gradient, p.dim, p.epsilon, to);
      } else if (p.exponential) {
        exponentialSquash(from, p.dim, to);
      } else {
        squash(from, p.dim, p.epsilon, to);
      }
      outOfLanes(to, 1, rows, p.dim, p.dim, out + first * p.dim);
    }
  });
}

}  // namespace INSTRUCTION_SET
