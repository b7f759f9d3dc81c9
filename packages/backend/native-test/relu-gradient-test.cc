#include <cmath>

#include "guarded-memory.h"
#include "test.h"

namespace {

void testProblem(long rows, long filters, Random& random) {
  const Kernels& kernels = tested();
  const Values dy = random.numbers(rows * filters);
  Values y = random.numbers(rows * filters), masked(y.size()), dbias(filters);
  for (double& each : y) {
    if (random.whole(0, 3) == 0) each = random.coin() ? 0. : -0.;
    else if (random.whole(0, 3) == 0) each *= 1e-40;  // above 0 also where it is no longer a normal number
    each = (float)each;
  }
  for (std::size_t k = 0; k < y.size(); k++) {
    masked[k] = y[k] > 0 ? dy[k] : 0;
    dbias[k % filters] += masked[k];
  }
  const Memory gradient(dy, anywhere), output(y, anywhere), found(y.size(), anywhere), sums(filters, anywhere);
  const Memory scratch(kernels.reluGradientScratchFloats(filters), kernels.alignment);
  kernels.reluGradient(gradient.data(), output.data(), rows, filters, found.data(), sums.data(), scratch.data());
  const std::string name = "gradient of ReLU, " + std::to_string(rows) + " x " + std::to_string(filters);
  expectClose(name + ": masked", found.values(), masked, 0);
  expectClose(name + ": dbias", sums.values(), dbias, 1e-5);
}

/** A gradient of NaN is handed down where the output is positive, and is in the sum of its filter. */
void testNotANumber() {
  const Kernels& kernels = tested();
  const long rows = 5, filters = 32;
  Values dy(rows * filters, 1), y(dy.size(), 1);
  dy[2 * filters + 7] = dy[3 * filters + 20] = NAN;
  y[3 * filters + 20] = 0;
  const Memory gradient(dy, anywhere), output(y, anywhere), masked(y.size(), anywhere), dbias(filters, anywhere);
  const Memory scratch(kernels.reluGradientScratchFloats(filters), kernels.alignment);
  kernels.reluGradient(gradient.data(), output.data(), rows, filters, masked.data(), dbias.data(), scratch.data());
  for (long k = 0; k < masked.size(); k++)
    expect(std::isnan(masked.data()[k]) == (k == 2 * filters + 7), "gradient of ReLU: NaN");
  for (long f = 0; f < filters; f++)
    expect(f == 7 ? std::isnan(dbias.data()[f]) : dbias.data()[f] == (f == 20 ? 4 : 5), "gradient of a bias: NaN");
}

}  // namespace

void testReluGradient(long problems) {
  testNotANumber();
  Random random(11);
  for (long problem = 0; problem < problems; problem++)
    testProblem(random.whole(1, 70), 16 * random.whole(1, 4), random);
  testProblem(0, 16, random);
}
