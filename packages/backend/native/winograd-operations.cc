// Convolution by kernels of 3 x 3, and the gradient of the kernel, as operations of TensorFlow.
#include "kernels.h"
#include "operations.h"
#include "tensorflow.h"

namespace {

struct Settings {
  explicit Settings(Attributes& attributes) {
    attributes.pair("outputs", outputs);
    attributes.pair("padding", padding);
  }
  long outputs[2], padding[2];
};

struct TurnedSettings : Settings {
  explicit TurnedSettings(Attributes& attributes) : Settings(attributes), turned(attributes.flag("turned")), relu(attributes.flag("relu")) {}
  bool turned, relu;
};

WinogradProblem problemOf(const Settings& settings, const Tensor& x, long filters, bool turned) {
  if (x.rank() != 4 || x.dim(3) % 16 != 0 || filters % 16 != 0)
    throw Failure{TF_INVALID_ARGUMENT, "3x3 convolution: expected [batch, height, width, channels], and channels and filters in sixteens"};
  return {x.dim(0),
          {x.dim(1), x.dim(2)},
          x.dim(3),
          filters,
          {settings.outputs[0], settings.outputs[1]},
          {settings.padding[0], settings.padding[1]},
          turned};
}

void compute(const TurnedSettings& settings, Context& context) {
  const Tensor x = context.input(0), kernel = context.input(1), bias = context.input(2);
  const long filters = kernel.rank() == 4 ? kernel.dim(settings.turned ? 2 : 3) : 0;
  const WinogradProblem problem = problemOf(settings, x, filters, settings.turned);
  const long in = settings.turned ? filters : x.dim(3), out = settings.turned ? x.dim(3) : filters;
  if (!kernel.is({3, 3, in, out})) throw Failure{TF_INVALID_ARGUMENT, "3x3 convolution: expected a kernel [3, 3, channels, filters]"};
  if (bias.size() > 0 && !bias.is({filters})) throw Failure{TF_INVALID_ARGUMENT, "3x3 convolution: expected bias [filters], or an empty one"};
  const Tensor y = context.output(0, {problem.batch, problem.outputs[0], problem.outputs[1], filters});
  const Tensor scratch = context.scratch(kernels().winogradScratchFloats(problem));
  kernels().winogradConvolve(problem, x.data(), kernel.data(), bias.size() > 0 ? bias.data() : nullptr, settings.relu, y.data(),
                             scratch.data());
}

void computeGradient(const Settings& settings, Context& context) {
  const Tensor x = context.input(0), dy = context.input(1);
  const WinogradProblem problem = problemOf(settings, x, dy.rank() == 4 ? dy.dim(3) : 0, false);
  if (!dy.is({problem.batch, problem.outputs[0], problem.outputs[1], problem.filters}))
    throw Failure{TF_INVALID_ARGUMENT, "3x3 convolution: expected dy [batch, height, width, filters]"};
  const Tensor dkernel = context.output(0, {3, 3, problem.channels, problem.filters});
  const Tensor scratch = context.scratch(kernels().winogradGradientScratchFloats(problem));
  kernels().winogradKernelGradient(problem, x.data(), dy.data(), dkernel.data(), scratch.data());
}

}  // namespace

void registerWinograd() {
  registerOperation<TurnedSettings, compute>(
      {"Winograd", {"x", "kernel", "bias"},
       {"y"},
       {"outputs: list(int)", "padding: list(int)", "turned: bool", "relu: bool"}});
  registerOperation<Settings, computeGradient>(
      {"WinogradKernelGradient", {"x", "dy"}, {"dkernel"}, {"outputs: list(int)", "padding: list(int)"}});
}
