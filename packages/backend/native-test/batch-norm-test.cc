#include <cmath>

#include "guarded-memory.h"
#include "test.h"

namespace {

struct Moments {
  Values mean, variance;
};

Moments momentsOf(const Values& x, long rows, long channels) {
  Moments found{Values(channels), Values(channels)};
  for (std::size_t k = 0; k < x.size(); k++) found.mean[k % channels] += x[k] / rows;
  for (std::size_t k = 0; k < x.size(); k++)
    found.variance[k % channels] += std::pow(x[k] - found.mean[k % channels], 2) / rows;
  return found;
}

Values normalised(const Values& x, long rows, const Values& gamma, const Values& beta, double epsilon) {
  const long channels = gamma.size();
  const Moments moments = momentsOf(x, rows, channels);
  Values y = x;
  for (std::size_t k = 0; k < x.size(); k++) {
    const long c = k % channels;
    y[k] = (x[k] - moments.mean[c]) / std::sqrt(moments.variance[c] + epsilon) * gamma[c] + beta[c];
  }
  return y;
}

}  // namespace

void testBatchNorm(long problems) {
  const Kernels& kernels = tested();
  Random random(9);
  for (long problem = 0; problem < problems; problem++) {
    // Gradients by differences take a normalisation for each number.
    const long rows = random.whole(2, 20), channels = 16 * random.whole(1, 2);
    const float epsilon = 1e-3f;
    const double offset = random.coin() ? 100 : 0;
    Values x = random.numbers(rows * channels);
    for (double& each : x) each = (double)(float)(each + offset);
    const Values gamma = random.numbers(channels), beta = random.numbers(channels), dy = random.numbers(x.size());
    const Memory inputs(x, anywhere), gammas(gamma, anywhere), betas(beta, anywhere), gradient(dy, anywhere);
    const Memory y(x.size(), anywhere), mean(channels, anywhere), variance(channels, anywhere);
    {
      const Memory scratch(kernels.batchNormScratchFloats(channels), kernels.alignment);
      kernels.batchNorm(inputs.data(), rows, channels, epsilon, gammas.data(), betas.data(), y.data(), mean.data(),
                        variance.data(), scratch.data());
    }
    const Memory dx(x.size(), anywhere), dgamma(channels, anywhere), dbeta(channels, anywhere);
    const Memory scratch(kernels.batchNormScratchFloats(channels), kernels.alignment);
    kernels.batchNormGradient(gradient.data(), inputs.data(), rows, channels, epsilon, gammas.data(), mean.data(),
                              variance.data(), dx.data(), dgamma.data(), dbeta.data(), scratch.data());

    const auto value = [&](const Values& x, const Values& gamma, const Values& beta) {
      return dotOf(normalised(x, rows, gamma, beta, epsilon), dy);
    };
    // Far from 0 the inputs themselves have fewer digits behind the point.
    const double relative = offset ? 2e-3 : 1e-5, ofGradients = offset ? 2e-3 : 1e-4;
    const Moments moments = momentsOf(x, rows, channels);
    expectClose("mean of a batch", mean.values(), moments.mean, 1e-6);
    expectClose("variance of a batch", variance.values(), moments.variance, offset ? 1e-3 : 1e-5);
    expectClose("batch normalisation", y.values(), normalised(x, rows, gamma, beta, epsilon), relative);
    expectClose("batch normalisation: dx", dx.values(), slopes(x, [&](auto& x) { return value(x, gamma, beta); }),
                ofGradients);
    expectClose("batch normalisation: dgamma", dgamma.values(),
                slopes(gamma, [&](auto& gamma) { return value(x, gamma, beta); }), ofGradients);
    expectClose("batch normalisation: dbeta", dbeta.values(),
                slopes(beta, [&](auto& beta) { return value(x, gamma, beta); }), ofGradients);
  }
}
