// What the tests of the kernels share: random problems, and how a result is compared with what is expected.
#pragma once
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "kernels.h"

/** Those under test: kernels.cc is compiled for one instruction set here. */
namespace INSTRUCTION_SET { extern const Kernels kernels; }
inline const Kernels& tested() { return INSTRUCTION_SET::kernels; }

using Values = std::vector<double>;

/** The same problems in every run. */
class Random {
 public:
  explicit Random(unsigned seed) : engine(seed) {}
  /** A whole number from `least` to `most`. */
  long whole(long least, long most) { return least + (long)(engine() % (unsigned long)(most - least + 1)); }
  long oneOf(std::initializer_list<long> values) { return values.begin()[whole(0, (long)values.size() - 1)]; }
  bool coin() { return whole(0, 1) == 1; }
  /** In -1..1, exact in float32. */
  double number() { return (double)(float)((double)(engine() >> 8) / (1 << 23) - 1); }
  Values numbers(long count, double scale = 1) {
    Values values(count);
    for (double& value : values) value = (double)(float)(scale * number());
    return values;
  }

 private:
  std::mt19937 engine;
};

/**
 * Ends the program with what is wrong, unless each found value is near the expected one.
 *
 * @param relative the largest difference allowed, as a fraction of the largest magnitude expected
 */
void expectClose(const std::string& what, const Values& found, const Values& expected, double relative);
void expect(bool condition, const std::string& what);

/** The slope of the sum of value(x) . weights by each number of x, by differences: so a gradient of the tests is right, too. */
template <typename Value>
Values slopesOf(const Values& x, const Values& weights, const Value& value) {
  Values slopes(x.size());
  for (std::size_t k = 0; k < x.size(); k++) {
    for (const double step : {1e-6, -1e-6}) {
      Values moved = x;
      moved[k] += step;
      const Values found = value(moved);
      for (std::size_t e = 0; e < weights.size(); e++) slopes[k] += found[e] * weights[e] / (2 * step);
    }
  }
  return slopes;
}

/** Each tests one kind of kernel with so many random problems. */
void testLanes(long problems);
void testAdam(long problems);
void testRouting(long problems);
void testBilinearConvolution(long problems);
void testWinograd(long problems);
void testMatrixProduct(long problems);
void testDirectConvolution(long problems);
void testReluGradient(long problems);
void testBatchNorm(long problems);
void testSelfAttention(long problems);
void testSquash(long problems);
