// Batch normalisation in training and its gradient as operations of TensorFlow.
#include "kernels.h"
#include "operations.h"
#include "tensorflow.h"

namespace {

struct Settings {
  explicit Settings(Attributes& attributes) : epsilon(attributes.number("epsilon")) {}
  float epsilon;
};

void expectRows(const Tensor& x) {
  if (x.rank() != 2 || x.dim(0) == 0 || x.dim(1) % 16 != 0)
    throw Failure{TF_INVALID_ARGUMENT, "batch normalisation: expected rows [count, channels], channels in sixteens"};
}

void expectChannels(const Tensor& tensor, long channels) {
  if (!tensor.is({channels})) throw Failure{TF_INVALID_ARGUMENT, "batch normalisation: expected gamma, beta and moments [channels]"};
}

void compute(const Settings& settings, Context& context) {
  const Tensor x = context.input(0), gamma = context.input(1), beta = context.input(2);
  expectRows(x);
  const long count = x.dim(0), channels = x.dim(1);
  expectChannels(gamma, channels);
  expectChannels(beta, channels);
  const Tensor y = context.output(0, {count, channels}), mean = context.output(1, {channels}),
               variance = context.output(2, {channels});
  const Tensor scratch = context.scratch(kernels().batchNormScratchFloats(channels));
  kernels().batchNorm(x.data(), count, channels, settings.epsilon, gamma.data(), beta.data(), y.data(), mean.data(),
                      variance.data(), scratch.data());
}

void computeGradient(const Settings& settings, Context& context) {
  const Tensor dy = context.input(0), x = context.input(1), gamma = context.input(2), mean = context.input(3),
               variance = context.input(4);
  expectRows(x);
  const long count = x.dim(0), channels = x.dim(1);
  if (!dy.is({count, channels})) throw Failure{TF_INVALID_ARGUMENT, "batch normalisation: expected dy of the shape of x"};
  for (const Tensor* each : {&gamma, &mean, &variance}) expectChannels(*each, channels);
  const Tensor dx = context.output(0, {count, channels}), dgamma = context.output(1, {channels}),
               dbeta = context.output(2, {channels});
  const Tensor scratch = context.scratch(kernels().batchNormScratchFloats(channels));
  kernels().batchNormGradient(dy.data(), x.data(), count, channels, settings.epsilon, gamma.data(), mean.data(),
                              variance.data(), dx.data(), dgamma.data(), dbeta.data(), scratch.data());
}

}  // namespace

void registerBatchNorm() {
  registerOperation<Settings, compute>(
      {"BatchNorm", {"x", "gamma", "beta"}, {"y", "mean", "variance"}, {"epsilon: float"}});
  registerOperation<Settings, computeGradient>(
      {"BatchNormGradient", {"dy", "x", "gamma", "mean", "variance"}, {"dx", "dgamma", "dbeta"}, {"epsilon: float"}});
}
