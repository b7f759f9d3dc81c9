#include "lanes.h"

#include <cmath>
#include <cstring>

#include "guarded-memory.h"
#include "squash.h"
#include "test.h"

using namespace INSTRUCTION_SET;

namespace {

void testTranspose(Random& random) {
  Lanes rows[WIDTH], before[WIDTH];
  for (Lanes& row : rows)
    for (long lane = 0; lane < width; lane++) row[lane] = (float)random.number();
  std::memcpy(before, rows, sizeof rows);
  transpose(rows);
  for (long r = 0; r < width; r++)
    for (long c = 0; c < width; c++) expect(rows[r][c] == before[c][r], "transpose");
}

/** There and back again, for any number of rows. */
void testIntoLanes(Random& random) {
  const long rows = random.coin() ? width : random.whole(1, width), count = random.whole(1, 3 * width + 1);
  const long stride = count + random.whole(0, 3), step = random.whole(1, 3);
  const Values x = random.numbers((rows - 1) * stride + count);
  const Memory from(x, anywhere), back(x.size(), anywhere), lanes(((count - 1) * step + 1) * width, sizeof(Lanes));
  intoLanes(from.data(), rows, stride, count, (Lanes*)lanes.data(), step);
  for (long c = 0; c < count; c++)
    for (long lane = 0; lane < width; lane++)
      expect(lanes.data()[c * step * width + lane] == (lane < rows ? (float)x[lane * stride + c] : 0), "intoLanes");
  outOfLanes((const Lanes*)lanes.data(), step, rows, stride, count, back.data());
  for (long k = 0; k < back.size(); k++) {
    if (k % stride < count) expect(back.data()[k] == from.data()[k], "outOfLanes");
    else expect(std::isnan(back.data()[k]), "outOfLanes writes between rows");
  }
}

void testParts(Random& random) {
  const long count = random.whole(-width, width + 2), stored = count < 0 ? 0 : count < width ? count : width;
  const Values x = random.numbers(stored);
  const Memory from(x, anywhere), to(stored, anywhere);
  const Lanes lanes = loadPart(from.data(), count);
  for (long lane = 0; lane < width; lane++) expect(lanes[lane] == (lane < stored ? (float)x[lane] : 0), "loadPart");
  storePart(to.data(), lanes, count);
  expectClose("storePart", to.values(), x, 0);
}

void testFunctions(Random& random) {
  Lanes x{};
  for (long lane = 0; lane < width; lane++) x[lane] = (float)(87 * random.number());
  const Lanes powers = exponential(x);
  for (long lane = 0; lane < width; lane++) {
    const double expected = std::exp((double)x[lane]);
    expect(std::abs(powers[lane] - expected) <= 3e-7 * expected, "exponential of " + std::to_string(x[lane]));
  }
  x = x * x;
  const Lanes roots = squareRoot(x);
  for (long lane = 0; lane < width; lane++) expect(roots[lane] == std::sqrt(x[lane]), "squareRoot");
}

void testExtremes() {
  expect(exponential(broadcast(0))[0] == 1, "exponential of 0");
  expect(exponential(broadcast(-INFINITY))[0] < 1e-37f, "exponential of -infinity");
  expect(std::isfinite(exponential(broadcast(INFINITY))[0]), "exponential of infinity is not the largest number");
  expect(std::isnan(exponential(broadcast(NAN))[width - 1]), "exponential of NaN");
  const Lanes zero[] = {broadcast(0), broadcast(0)};
  Lanes v[2], ds[2];
  squash(zero, 2, 1e-8f, v);
  squashGradient(zero, zero, 2, 1e-8f, ds);
  expect(v[1][0] == 0 && ds[1][0] == 0, "squash of nothing");
}

/** v = n / (1 + n) s / sqrt(n + epsilon), and its gradient by differences. */
void testSquash(Random& random) {
  const long dim = random.whole(1, 20);
  const double epsilon = (double)(float)(random.coin() ? 1e-8 : 1e-3);
  const Values s = random.numbers(dim * width, random.coin() ? 2 : 0.1), dv = random.numbers(dim * width);
  const Memory input(s, sizeof(Lanes)), gradient(dv, sizeof(Lanes));
  const Memory output(s.size(), sizeof(Lanes)), result(s.size(), sizeof(Lanes));
  squash((const Lanes*)input.data(), dim, (float)epsilon, (Lanes*)output.data());
  squashGradient((const Lanes*)input.data(), (const Lanes*)gradient.data(), dim, (float)epsilon, (Lanes*)result.data());

  const auto value = [&](const Values& s, long lane, long e) {
    double n = 0;
    for (long k = 0; k < dim; k++) n += s[k * width + lane] * s[k * width + lane];
    return n / (1 + n) * s[e * width + lane] / std::sqrt(n + epsilon);
  };
  Values expected(s.size()), slopes(s.size());
  for (long lane = 0; lane < width; lane++) {
    for (long e = 0; e < dim; e++) {
      expected[e * width + lane] = value(s, lane, e);
      Values more = s, less = s;
      more[e * width + lane] += 1e-6;
      less[e * width + lane] -= 1e-6;
      for (long k = 0; k < dim; k++)
        slopes[e * width + lane] += dv[k * width + lane] * (value(more, lane, k) - value(less, lane, k)) / 2e-6;
    }
  }
  expectClose("squash", output.values(), expected, 1e-6);
  expectClose("squash's gradient", result.values(), slopes, 1e-5);
}

}  // namespace

void testLanes(long problems) {
  testExtremes();
  Random random(1);
  for (long problem = 0; problem < problems; problem++) {
    testTranspose(random);
    testIntoLanes(random);
    testParts(random);
    testFunctions(random);
    testSquash(random);
  }
}
