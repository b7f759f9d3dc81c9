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
  const long dim = s.columns();
  const SquashProblem problem{dim > 0 ? s.size() / dim : 0, dim, settings.exponential, settings.epsilon};
  const Tensor out = context.outputLike(0, s);
  const Tensor scratch = context.scratch(kernels().squashScratchFloats(problem));
  kernels().squash(problem, s.data(), dv, out.data(), scratch.data());
}

void compute(const Settings& settings, Context& context) {
  const Tensor s = context.input(0);
  if (s.rank() == 0) throw Failure{TF_INVALID_ARGUMENT, "squash: expected [..., dim]"};
  run(settings, context, s, nullptr);
}

void computeGradient(const Settings& settings, Context& context) {
  const Tensor s = context.input(0), dv = context.input(1);
  if (s.rank() == 0 || !dv.isLike(s))
    throw Failure{TF_INVALID_ARGUMENT, "squash's gradient: expected s and dv [..., dim], of one shape"};
  run(settings, context, s, dv.data());
}

}  // namespace

void registerSquash() {
  const std::initializer_list<const char*> attributes = {"exponential: bool", "epsilon: float"};
  registerOperation<Settings, compute>({"Squash", {"s"}, {"v"}, attributes});
  registerOperation<Settings, computeGradient>({"SquashGradient", {"s", "dv"}, {"ds"}, attributes});
}
