// Batch normalisation as Ioffe and Szegedy (2015) have it in their algorithm 1, and its gradient by their chain rule.
#include <cmath>

#include "guarded-memory.h"
#include "test.h"

namespace {

struct Result {
  Values y, mean, variance, dx, dgamma, dbeta;
};

Result expectedOf(const Values& x, const Values& gamma, const Values& beta, double epsilon, const Values& dy) {
  const long channels = gamma.size(), rows = x.size() / channels;
  Result r{Values(x.size()), Values(channels), Values(channels), Values(x.size()), Values(channels), Values(channels)};
  for (long c = 0; c < channels; c++) {
    const auto sum = [&](auto of) {
      double total = 0;
      for (long row = 0; row < rows; row++) total += of(row * channels + c);
      return total;
    };
    const double mean = r.mean[c] = sum([&](long k) { return x[k]; }) / rows;
    const double variance = r.variance[c] = sum([&](long k) { return (x[k] - mean) * (x[k] - mean); }) / rows;
    const double s = std::sqrt(variance + epsilon);
    r.dbeta[c] = sum([&](long k) { return dy[k]; });
    r.dgamma[c] = sum([&](long k) { return dy[k] * (x[k] - mean) / s; });
    const double dvariance = sum([&](long k) { return dy[k] * gamma[c] * (x[k] - mean); }) * -.5 / (s * s * s);
    const double dmean = sum([&](long k) { return -dy[k] * gamma[c] / s - 2 * dvariance * (x[k] - mean) / rows; });
    for (long k = c; k < (long)x.size(); k += channels) {
      r.y[k] = gamma[c] * (x[k] - mean) / s + beta[c];
      r.dx[k] = dy[k] * gamma[c] / s + dvariance * 2 * (x[k] - mean) / rows + dmean / rows;
    }
  }
  return r;
}

Result foundBy(const Values& x, const Values& gamma, const Values& beta, float epsilon, const Values& dy) {
  const Kernels& kernels = tested();
  const long channels = gamma.size(), rows = x.size() / channels;
  const Memory inputs(x, anywhere), scales(gamma, anywhere), shifts(beta, anywhere), gradient(dy, anywhere);
  const Memory y(x.size(), anywhere), mean(channels, anywhere), variance(channels, anywhere);
  {
    const Memory scratch(kernels.batchNormScratchFloats(channels), kernels.alignment);
    kernels.batchNorm(inputs.data(), rows, channels, epsilon, scales.data(), shifts.data(), y.data(), mean.data(),
                      variance.data(), scratch.data());
  }
  const Memory dx(x.size(), anywhere), dgamma(channels, anywhere), dbeta(channels, anywhere);
  const Memory scratch(kernels.batchNormScratchFloats(channels), kernels.alignment);
  kernels.batchNormGradient(gradient.data(), inputs.data(), rows, channels, epsilon, scales.data(), mean.data(),
                            variance.data(), dx.data(), dgamma.data(), dbeta.data(), scratch.data());
  return {y.values(), mean.values(), variance.values(), dx.values(), dgamma.values(), dbeta.values()};
}

/** One channel of many. */
Values column(const Values& x, long c, long channels) {
  Values values;
  for (std::size_t k = c; k < x.size(); k += channels) values.push_back(x[k]);
  return values;
}

/** Channels of means and deviations that differ widely, among them some whose values are all the same. */
void testProblem(long rows, long channels, Random& random) {
  const float epsilon = random.coin() ? 1e-3f : 1e-1f;
  Values x = random.numbers(rows * channels);
  for (long c = 0; c < channels; c++) {
    const double deviation = (double)random.oneOf({0, 1, 20, 1000}) / 20, mean = (double)random.oneOf({0, -3, 300}) * deviation;
    for (std::size_t k = c; k < x.size(); k += channels) x[k] = (float)(mean + deviation * x[k] + (deviation == 0));
  }
  const Values gamma = random.numbers(channels), beta = random.numbers(channels), dy = random.numbers(x.size());
  const Result expected = expectedOf(x, gamma, beta, epsilon, dy), found = foundBy(x, gamma, beta, epsilon, dy);
  const std::string name = "batch normalisation, " + std::to_string(rows) + " x " + std::to_string(channels);
  expectClose(name + ": dbeta", found.dbeta, expected.dbeta, 1e-5);
  for (long c = 0; c < channels; c++) {
    const std::string ofChannel = name + ", channel " + std::to_string(c);
    const auto expectChannel = [&](const char* what, const Values Result::*values, double absolute) {
      const Values a = column(found.*values, c, channels), b = column(expected.*values, c, channels);
      for (std::size_t k = 0; k < a.size(); k++)
        expect(std::abs(a[k] - b[k]) <= absolute, ofChannel + ": " + what + ", expected " + std::to_string(b[k]) +
                                                      ", found " + std::to_string(a[k]));
    };
    const double mean = std::abs(expected.mean[c]), s = std::sqrt(expected.variance[c] + epsilon);
    const double scale = std::abs(gamma[c]) / s;
    // x itself has so many digits behind its mean.
    const double ofX = mean * 1e-7;
    expectChannel("mean", &Result::mean, 4 * ofX + s * 1e-6);
    expectChannel("variance", &Result::variance, s * (8 * ofX + s * 1e-5));
    expectChannel("y", &Result::y, 8 * scale * ofX + 1e-5);
    expectChannel("dgamma", &Result::dgamma, rows * (8 * ofX / s + 1e-6));
    expectChannel("dx", &Result::dx, scale * (16 * ofX / s + 1e-5));
  }
}

void testNotANumber() {
  Random random(12);
  const long channels = 32;
  Values x = random.numbers(5 * channels);
  x[2 * channels + 19] = NAN;
  const Values some = random.numbers(channels);
  const Result found = foundBy(x, some, some, 1e-3f, Values(x.size(), 1));
  for (std::size_t k = 0; k < x.size(); k++)
    expect(std::isnan(found.y[k]) == (k % channels == 19) && std::isnan(found.dx[k]) == (k % channels == 19),
           "batch normalisation of NaN");
}

}  // namespace

void testBatchNorm(long problems) {
  testNotANumber();
  Random random(13);
  for (long problem = 0; problem < problems; problem++)
    testProblem(random.whole(2, 90), 16 * random.whole(1, 4), random);
  // Of one row nothing is left but beta.
  testProblem(1, 16, random);
}
