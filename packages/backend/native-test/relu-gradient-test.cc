#include "guarded-memory.h"
#include "test.h"

void testReluGradient(long problems) {
  const Kernels& kernels = tested();
  Random random(8);
  for (long problem = 0; problem < problems; problem++) {
    const long rows = random.whole(0, 50), filters = 16 * random.whole(1, 4);
    const Values dy = random.numbers(rows * filters);
    Values y = random.numbers(rows * filters), masked = dy, sums(filters);
    for (double& each : y) each = each < 0 ? 0 : each;
    for (std::size_t k = 0; k < y.size(); k++) {
      if (y[k] == 0) masked[k] = 0;
      sums[k % filters] += masked[k];
    }
    const Memory gradient(dy, anywhere), outputs(y, anywhere), found(y.size(), anywhere), dbias(filters, anywhere);
    const Memory scratch(kernels.reluGradientScratchFloats(filters), kernels.alignment);
    kernels.reluGradient(gradient.data(), outputs.data(), rows, filters, found.data(), dbias.data(), scratch.data());
    expectClose("gradient behind ReLU", found.values(), masked, 0);
    expectClose("gradient of the bias", dbias.values(), sums, 1e-6);
  }
}
