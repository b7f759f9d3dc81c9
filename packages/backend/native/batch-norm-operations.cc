// Batch normalisation in training, its gradient, and the moving average of moments as operations of TensorFlow.
#include "kernels.h"
#include "operations.h"
#include "tensorflow.h"

namespace {

struct Settings {
  explicit Settings(Attributes& attributes) : epsilon(attributes.number("epsilon")) {}
  float epsilon;
};

void expectRows(const Tensor& x) {
  if (x.size() == 0 || x.columns() % 16 != 0)
    throw Failure{TF_INVALID_ARGUMENT, "batch normalisation: expected x [..., channels], channels in sixteens"};
}

void expectChannels(const Tensor& tensor, long channels) {
  if (!tensor.is({channels})) throw Failure{TF_INVALID_ARGUMENT, "batch normalisation: expected gamma, beta and moments [channels]"};
}

void compute(const Settings& settings, Context& context) {
  const Tensor x = context.input(0), gamma = context.input(1), beta = context.input(2);
  expectRows(x);
  const long channels = x.columns(), count = x.size() / channels;
  expectChannels(gamma, channels);
  expectChannels(beta, channels);
  const Tensor y = context.outputLike(0, x), mean = context.output(1, {channels}),
               variance = context.output(2, {channels});
  const Tensor scratch = context.scratch(kernels().batchNormScratchFloats(channels));
  kernels().batchNorm(x.data(), count, channels, settings.epsilon, gamma.data(), beta.data(), y.data(), mean.data(),
                      variance.data(), scratch.data());
}

void computeGradient(const Settings& settings, Context& context) {
  const Tensor dy = context.input(0), x = context.input(1), gamma = context.input(2), mean = context.input(3),
               variance = context.input(4);
  expectRows(x);
  const long channels = x.columns(), count = x.size() / channels;
  if (!dy.isLike(x)) throw Failure{TF_INVALID_ARGUMENT, "batch normalisation: expected dy of the shape of x"};
  for (const Tensor* each : {&gamma, &mean, &variance}) expectChannels(*each, channels);
  const Tensor dx = context.outputLike(0, x), dgamma = context.output(1, {channels}),
               dbeta = context.output(2, {channels});
  const Tensor scratch = context.scratch(kernels().batchNormScratchFloats(channels));
  kernels().batchNormGradient(dy.data(), x.data(), count, channels, settings.epsilon, gamma.data(), mean.data(),
                              variance.data(), dx.data(), dgamma.data(), dbeta.data(), scratch.data());
}

struct Rate {
  explicit Rate(Attributes& attributes) : rate(attributes.number("rate")) {}
  float rate;
};

void computeMovingAverage(const Rate& settings, Context& context) {
  const Tensor average = context.input(0), met = context.input(1);
  if (!met.isLike(average)) throw Failure{TF_INVALID_ARGUMENT, "moving average: expected two tensors of one shape"};
  const Tensor next = context.outputLike(0, average);
  for (long k = 0; k < average.size(); k++)
    next.data()[k] = average.data()[k] + (met.data()[k] - average.data()[k]) * settings.rate;
}

}  // namespace

void registerBatchNorm() {
  registerOperation<Settings, compute>(
      {"BatchNorm", {"x", "gamma", "beta"}, {"y", "mean", "variance"}, {"epsilon: float"}});
  registerOperation<Settings, computeGradient>(
      {"BatchNormGradient", {"dy", "x", "gamma", "mean", "variance"}, {"dx", "dgamma", "dbeta"}, {"epsilon: float"}});
  registerOperation<Rate, computeMovingAverage>({"MovingAverage", {"average", "met"}, {"next"}, {"rate: float"}});
}
