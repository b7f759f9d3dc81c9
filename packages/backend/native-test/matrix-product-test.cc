#include "matrix-product.h"

#include <string>

#include "guarded-memory.h"
#include "test.h"

using namespace INSTRUCTION_SET;

namespace {

/** c[m, n] = sum over k of a[k, m] b[k, n], or c += that, with gaps between the rows of all three. */
void testProblem(long m, long n, long outers, long inners, bool adds, Random& random) {
  const long k = outers * inners;
  // Where rows lie: m beside each other in a, as for a gradient, or k, as for a value.
  const bool besides = random.coin();
  const long gap = random.whole(0, 3);
  const long alongM = besides ? 1 : inners + gap, alongInner = besides ? m + gap : 1;
  const long alongOuter = besides ? inners * alongInner : m * alongM;
  const Values a = random.numbers((outers - 1) * alongOuter + (inners - 1) * alongInner + (m - 1) * alongM + 1);
  const long alongK = n + random.whole(0, 2), rowOfC = n + random.whole(0, 2);
  const Values b = random.numbers(((k - 1) * alongK + n) * width), c = random.numbers(((m - 1) * rowOfC + n) * width);
  const Memory left(a, anywhere), right(b, anywhere), result(c, anywhere);
  const Left from{left.data(), alongM, alongInner, alongOuter};
  const Right with{(const float*)right.data(), alongK, 1};
  const Result to{result.data(), rowOfC, 1};
  if (adds) product<true>(from, with, to, m, n, outers, inners);
  else product(from, with, to, m, n, outers, inners);

  Values expected = c;
  for (long row = 0; row < m; row++) {
    for (long f = 0; f < n * width; f++) {
      double& sum = expected[row * rowOfC * width + f];
      if (!adds) sum = 0;
      for (long outer = 0; outer < outers; outer++)
        for (long inner = 0; inner < inners; inner++)
          sum += a[outer * alongOuter + inner * alongInner + row * alongM] *
                 b[(outer * inners + inner) * alongK * width + f];
    }
  }
  expectClose("product of " + std::to_string(m) + " x " + std::to_string(n) + " vectors over " + std::to_string(outers) +
                  " x " + std::to_string(inners),
              result.values(), expected, 1e-5);
}

}  // namespace

void testMatrixProduct(long problems) {
  Random random(8);
  // Every number of rows that ends in another tile
  for (long m = 1; m <= 2 * tileRows + 3; m++)
    for (const long n : {1, 2, 3}) testProblem(m, n, 2, 3, random.coin(), random);
  for (long problem = 0; problem < problems; problem++)
    testProblem(random.whole(1, 40), random.whole(1, 5), random.whole(1, 4), random.whole(1, 20), random.coin(), random);
}
