// The bilinear convolution, its gradient, and the evaluation of a kernel on its own as operations of TensorFlow.
#include "bilinear-plan-memory.h"
#include "kernels.h"
#include "operations.h"
#include "tensorflow.h"

namespace {

struct Settings {
  explicit Settings(Attributes& attributes) {
    attributes.pair("image", image);
    attributes.pair("window", window);
    attributes.pair("strides", strides);
    attributes.pair("reals", reals);
    channels = attributes.integer("channels");
    filters = attributes.integer("filters");
  }
  /** Pairs are [vertical, horizontal]. */
  long image[2], window[2], strides[2], reals[2], channels, filters;
};

void expect(bool condition, const char* message) {
  if (!condition) throw Failure{TF_INVALID_ARGUMENT, message};
}

/** A plan together with what it refers to. */
struct Problem {
  PlanMemory memory;
  BilinearPlan plan{};
  Tensor matrices[2];

  Problem(const Settings& settings, long batch, Tensor vertical, Tensor horizontal)
      : matrices{std::move(vertical), std::move(horizontal)} {
    plan.batch = batch;
    plan.channels = settings.channels;
    plan.filters = settings.filters;
    Axis* axes[] = {&plan.vertical, &plan.horizontal};
    for (int index = 0; index < 2; index++) {
      Axis& axis = *axes[index];
      axis.image = settings.image[index];
      axis.kernel = settings.window[index];
      axis.stride = settings.strides[index];
      expect(axis.kernel >= 1 && axis.kernel <= axis.image && axis.stride >= 1,
             "bilinear convolution: expected a kernel no larger than the image, and strides from 1");
      const long outputs = (axis.image - axis.kernel) / axis.stride + 1, taps = (axis.kernel - 1) / axis.stride + 1;
      const long components = outputs + taps - 1;
      axis.reals = settings.reals[index];
      axis.pairs = (components - axis.reals) / 2;
      expect(axis.reals >= 0 && axis.reals + 2 * axis.pairs == components,
             "bilinear convolution: expected as many points as outputs + taps - 1");
      expect(matrices[index].is({components, components + taps + outputs}),
             "bilinear convolution: expected matrices [points, inputs + taps + outputs] of either axis");
      axis.matrices = matrices[index].data();
    }
    completePlan(plan, memory);
  }
};

void expectInputs(const BilinearPlan& plan, const Tensor& x, const Tensor& evaluated) {
  expect(x.is({plan.batch, plan.vertical.image, plan.horizontal.image, plan.channels}),
         "bilinear convolution: expected x [batch, height, width, channels]");
  expect(evaluated.size() == kernels().evaluatedKernelFloats(plan),
         "bilinear convolution: expected a kernel that was evaluated for these sizes");
}

void computeKernel(const Settings& settings, Context& context) {
  const Tensor kernel = context.input(0);
  const Problem problem(settings, 1, context.input(1), context.input(2));
  const BilinearPlan& plan = problem.plan;
  expect(kernel.is({plan.vertical.kernel, plan.horizontal.kernel, plan.channels, plan.filters}),
         "bilinear convolution: expected a kernel [height, width, channels, filters]");
  const Tensor evaluated = context.output(0, {kernels().evaluatedKernelFloats(plan)});
  const Tensor scratch = context.scratch(kernels().bilinearScratchFloats(plan));
  kernels().evaluateKernel(plan, kernel.data(), evaluated.data(), scratch.data());
}

/** A larger batch is taken in pieces, so that memory does not grow with it. */
constexpr long mostImages = 256;

void compute(const Settings& settings, Context& context) {
  const Tensor x = context.input(0), evaluated = context.input(1);
  const long batch = x.rank() > 0 ? x.dim(0) : 0;
  Problem problem(settings, batch, context.input(2), context.input(3));
  BilinearPlan& plan = problem.plan;
  expectInputs(plan, x, evaluated);
  const Tensor y = context.output(0, {batch, plan.vertical.outputs, plan.horizontal.outputs, plan.filters});
  plan.batch = batch < mostImages ? batch : mostImages;
  const Tensor scratch = context.scratch(kernels().bilinearScratchFloats(plan));
  for (long done = 0; done < batch; done += plan.batch) {
    if (batch - done < plan.batch) plan.batch = batch - done;
    kernels().convolve(plan, x.data() + done * (x.size() / batch), evaluated.data(), y.data() + done * (y.size() / batch),
                       scratch.data());
  }
}

void computeGradient(const Settings& settings, Context& context) {
  const Tensor dy = context.input(0), x = context.input(1), evaluated = context.input(2);
  const Problem problem(settings, x.rank() > 0 ? x.dim(0) : 0, context.input(3), context.input(4));
  const BilinearPlan& plan = problem.plan;
  expectInputs(plan, x, evaluated);
  expect(dy.is({plan.batch, plan.vertical.outputs, plan.horizontal.outputs, plan.filters}),
         "bilinear convolution: expected dy [batch, height, width, filters]");
  const Tensor dx = context.output(0, {plan.batch, plan.vertical.image, plan.horizontal.image, plan.channels});
  const Tensor dkernel =
      context.output(1, {plan.vertical.kernel, plan.horizontal.kernel, plan.channels, plan.filters});
  const Tensor scratch = context.scratch(kernels().bilinearGradientScratchFloats(plan));
  kernels().convolveGradient(plan, x.data(), evaluated.data(), dy.data(), dx.data(), dkernel.data(), scratch.data());
}

}  // namespace

void registerBilinearConvolution() {
  const std::initializer_list<const char*> attributes = {"image: list(int)", "window: list(int)", "strides: list(int)",
                                                         "reals: list(int)", "channels: int",     "filters: int"};
  registerOperation<Settings, computeKernel>(
      {"EvaluateKernel", {"kernel", "vertical", "horizontal"}, {"evaluated"}, attributes});
  registerOperation<Settings, compute>(
      {"BilinearConvolution", {"x", "evaluated", "vertical", "horizontal"}, {"y"}, attributes});
  registerOperation<Settings, computeGradient>({"BilinearConvolutionGradient",
                                                {"dy", "x", "evaluated", "vertical", "horizontal"},
                                                {"dx", "dkernel"},
                                                attributes});
}
