// The paper's equation 1 and its gradient, for capsules [dim] of lanes; see packages/core/src/capsules/squash.ts.
#pragma once
#include "lanes.h"

namespace INSTRUCTION_SET {

static inline Lanes dot(const Lanes* x, const Lanes* y, long dim) {
  Lanes sum{};
  for (long e = 0; e < dim; e++) sum += x[e] * y[e];
  return sum;
}

/** v = |s|^2 / (1 + |s|^2) s / sqrt(|s|^2 + epsilon) */
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

}  // namespace INSTRUCTION_SET
