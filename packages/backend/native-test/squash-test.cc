#include <cmath>

#include "guarded-memory.h"
#include "test.h"

namespace {

/** Both squashes, by one factor for each capsule. */
Values squashed(const SquashProblem& p, const Values& s) {
  Values v = s;
  for (long capsule = 0; capsule < p.capsules; capsule++) {
    double n = 0;
    for (long e = 0; e < p.dim; e++) n += s[capsule * p.dim + e] * s[capsule * p.dim + e];
    const double length = std::sqrt(n);
    const double factor = p.exponential ? (length > 0 ? -std::expm1(-length) / length : 1)
                                        : n / (1 + n) / std::sqrt(n + p.epsilon);
    for (long e = 0; e < p.dim; e++) v[capsule * p.dim + e] *= factor;
  }
  return v;
}

/** A slope by differences, of the few numbers that one capsule depends on. */
Values gradientOf(const SquashProblem& p, const Values& s, const Values& dv) {
  Values ds;
  for (long capsule = 0; capsule < p.capsules; capsule++) {
    const auto part = [&](const Values& x) {
      return Values(x.begin() + capsule * p.dim, x.begin() + (capsule + 1) * p.dim);
    };
    const SquashProblem one{1, p.dim, p.exponential, p.epsilon};
    const Values weights = part(dv);
    const Values found = slopes(part(s), [&](const Values& x) { return dotOf(squashed(one, x), weights); });
    ds.insert(ds.end(), found.begin(), found.end());
  }
  return ds;
}

}  // namespace

void testSquash(long problems) {
  const Kernels& kernels = tested();
  Random random(12);
  for (long problem = 0; problem < problems; problem++) {
    // More than one task has
    const long capsules = random.coin() ? random.whole(0, 40) : random.whole(1000, 1100);
    const SquashProblem p{capsules, random.whole(1, 20), random.coin(), 1e-8f};
    const Values s = random.numbers(p.capsules * p.dim, random.coin() ? 2 : 0.05), dv = random.numbers(s.size());
    const Memory inputs(s, anywhere), gradient(dv, anywhere), v(s.size(), anywhere), ds(s.size(), anywhere);
    const Memory scratch(kernels.squashScratchFloats(p), kernels.alignment);
    kernels.squash(p, inputs.data(), nullptr, v.data(), scratch.data());
    kernels.squash(p, inputs.data(), gradient.data(), ds.data(), scratch.data());
    const std::string name = p.exponential ? "exponential squash" : "squash";
    expectClose(name, v.values(), squashed(p, s), 1e-6);
    expectClose(name + "'s gradient", ds.values(), gradientOf(p, s, dv), 2e-5);
  }
}
