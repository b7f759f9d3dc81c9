#include <cmath>
#include <cstdio>

#include "guarded-memory.h"
#include "test.h"

namespace {

double lengthOf(const double* s, long dim) {
  double square = 0;
  for (long e = 0; e < dim; e++) square += s[e] * s[e];
  return std::sqrt(square);
}

/** How much longer a capsule becomes. */
double factor(const SquashProblem& p, double length) {
  if (p.exponential) return length > 0 ? -std::expm1(-length) / length : 1;
  const double square = length * length;
  return square / (1 + square) / std::sqrt(square + p.epsilon);
}

Values squashed(const SquashProblem& p, const double* s) {
  Values v(s, s + p.dim);
  const double longer = factor(p, lengthOf(s, p.dim));
  for (double& each : v) each *= longer;
  return v;
}

/** The slopes of v along dv, by differences: those of dv . v along s, for dv_i/ds_j is dv_j/ds_i. */
Values slopes(const SquashProblem& p, const double* s, const double* dv) {
  const double length = lengthOf(s, p.dim), step = 1e-5 * length;
  Values more(s, s + p.dim), less = more, found(p.dim);
  if (length == 0) {
    for (long e = 0; e < p.dim; e++) found[e] = factor(p, 0) * dv[e];
    return found;
  }
  for (long e = 0; e < p.dim; e++) {
    more[e] += step * dv[e];
    less[e] -= step * dv[e];
  }
  const Values above = squashed(p, more.data()), below = squashed(p, less.data());
  for (long e = 0; e < p.dim; e++) found[e] = (above[e] - below[e]) / (2 * step);
  return found;
}

Values foundBy(const SquashProblem& p, const Values& s, const Values& dv) {
  const Kernels& kernels = tested();
  const Memory capsules(s, anywhere), gradient(dv, anywhere), out(s.size(), anywhere);
  const Memory scratch(kernels.squashScratchFloats(p), kernels.alignment);
  kernels.squash(p, capsules.data(), dv.empty() ? nullptr : gradient.data(), out.data(), scratch.data());
  return out.values();
}

std::string shown(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", number);
  return text;
}

std::string nameOf(const SquashProblem& p) {
  return std::string(p.exponential ? "exponential squash" : "squash") + " of " + std::to_string(p.capsules) + " x " +
         std::to_string(p.dim);
}

/** Capsules of all lengths beside each other, on both sides of 0.1, where the exponential squash takes over from its series. */
void testProblem(const SquashProblem& p, Random& random) {
  const double lengths[] = {0, 1e-12, 1e-6, 1e-4, 1e-2, .0999, .1, .1001, .5, 3, 20, 90, 1e4, 1e8};
  Values s = random.numbers(p.capsules * p.dim);
  for (long capsule = 0; capsule < p.capsules; capsule++) {
    double* of = &s[capsule * p.dim];
    const double length = lengthOf(of, p.dim), wanted = lengths[random.whole(0, 13)];
    for (long e = 0; e < p.dim; e++) of[e] = length > 0 ? (float)(of[e] / length * wanted) : 0;
  }
  const Values dv = random.numbers(s.size());
  const Values value = foundBy(p, s, {}), gradient = foundBy(p, s, dv);
  for (long capsule = 0; capsule < p.capsules; capsule++) {
    const double *ofS = &s[capsule * p.dim], *ofDv = &dv[capsule * p.dim], length = lengthOf(ofS, p.dim);
    const Values expected = squashed(p, ofS), expectedSlopes = slopes(p, ofS, ofDv);
    // Along a long capsule next to nothing is left of f dv, the larger part of its gradient.
    const double longer = factor(p, length), ofSlopes = longer * lengthOf(ofDv, p.dim);
    for (long e = 0; e < p.dim; e++) {
      const auto expectNear = [&](const char* what, double found, double expected, double scale) {
        expect(std::abs(found - expected) <= 2e-6 * scale + 1e-37,
               nameOf(p) + ": " + what + " at length " + shown(length) + ", expected " + shown(expected) + ", found " +
                   shown(found));
      };
      expectNear("value", value[capsule * p.dim + e], expected[e], longer * length);
      expectNear("gradient", gradient[capsule * p.dim + e], expectedSlopes[e], ofSlopes);
    }
  }
}

void testNotANumber() {
  for (const bool exponential : {false, true}) {
    const SquashProblem p{19, 3, exponential, 1e-8f};
    Values s(p.capsules * p.dim, 1), dv = s;
    s[17 * 3 + 1] = dv[11 * 3] = NAN;
    const Values value = foundBy(p, s, {}), gradient = foundBy(p, s, dv);
    for (long k = 0; k < (long)s.size(); k++) {
      const long capsule = k / 3;
      expect(std::isnan(value[k]) == (capsule == 17), nameOf(p) + ": value of NaN");
      expect(std::isnan(gradient[k]) == (capsule == 17 || capsule == 11), nameOf(p) + ": gradient of NaN");
    }
  }
}

}  // namespace

void testSquash(long problems) {
  testNotANumber();
  Random random(17);
  for (long problem = 0; problem < problems; problem++)
    testProblem({random.whole(1, 50), random.oneOf({1, 3, 8, 16, 20}), random.coin(), random.coin() ? 1e-8f : 1e-3f}, random);
  for (const bool exponential : {false, true}) {
    // None, whole tasks, and more than those
    testProblem({0, 8, exponential, 1e-8f}, random);
    testProblem({2048, 1, exponential, 1e-8f}, random);
    testProblem({2100, 3, exponential, 1e-8f}, random);
  }
}
