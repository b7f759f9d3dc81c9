// The squashes and their gradients as operations of TensorFlow.
#include "kernels.h"
#include "operations.h"
#include "tensorflow.h"

namespace {

struct Settings {
  explicit Settings(Attributes& attributes)
      : exponential(attributes.flag("exponential")), epsilon(attributes.number("epsilon")) {}
  bool exponential;
  float epsilon;
};

void run(const Settings& settings, Context& context, const Tensor& s, const float* dv) {
  const SquashProblem problem{s.dim(0), s.dim(1), settings.exponential, settings.epsilon};
  const Tensor out = context.output(0, {problem.capsules, problem.dim});
  const Tensor scratch = context.scratch(kernels().squashScratchFloats(problem));
  kernels().squash(problem, s.data(), dv, out.data(), scratch.data());
}

void compute(const Settings& settings, Context& context) {
  const Tensor s = context.input(0);
  if (s.rank() != 2) throw Failure{TF_INVALID_ARGUMENT, "squash: expected [capsules, dim]"};
  run(settings, context, s, nullptr);
}

void computeGradient(const Settings& settings, Context& context) {
  const Tensor s = context.input(0), dv = context.input(1);
  if (s.rank() != 2 || !dv.is({s.dim(0), s.dim(1)}))
    throw Failure{TF_INVALID_ARGUMENT, "squash's gradient: expected s and dv [capsules, dim]"};
  run(settings, context, s, dv.data());
}

}  // namespace

void registerSquash() {
  const std::initializer_list<const char*> attributes = {"exponential: bool", "epsilon: float"};
  registerOperation<Settings, compute>({"Squash", {"s"}, {"v"}, attributes});
  registerOperation<Settings, computeGradient>({"SquashGradient", {"s", "dv"}, {"ds"}, attributes});
}
