// Dynamic routing and its gradient as operations of TensorFlow.
#include "kernels.h"
#include "operations.h"
#include "tensorflow.h"

namespace {

struct Settings {
  explicit Settings(Attributes& attributes)
      : iterations(attributes.integer("iterations")),
        overParents(attributes.flag("over_parents")),
        full(attributes.flag("full")),
        epsilon(attributes.number("epsilon")) {
    if (iterations < 1) throw Failure{TF_INVALID_ARGUMENT, "routing: expected an iteration or more"};
  }
  long iterations;
  bool overParents, full;
  float epsilon;
};

RoutingProblem problemOf(const Settings& settings, const Tensor& u, const Tensor& weight) {
  if (u.rank() != 3 || weight.rank() != 4 || u.dim(1) != weight.dim(0) || u.dim(2) != weight.dim(2))
    throw Failure{TF_INVALID_ARGUMENT, "routing: expected u [batch, in, inDim] and weight [in, out, inDim, outDim]"};
  return {{u.dim(0), u.dim(1), weight.dim(1), u.dim(2), weight.dim(3)}, (int)settings.iterations, settings.overParents,
          settings.full, settings.epsilon};
}

/** [parents, outDim], or empty where there is none. */
const float* biasOf(const Tensor& bias, const RoutingProblem& problem) {
  if (bias.size() == 0) return nullptr;
  if (!bias.is({problem.parents, problem.outDim}))
    throw Failure{TF_INVALID_ARGUMENT, "routing: expected bias [out, outDim], or an empty one"};
  return bias.data();
}

void compute(const Settings& settings, Context& context) {
  const Tensor u = context.input(0), weight = context.input(1), bias = context.input(2);
  const RoutingProblem problem = problemOf(settings, u, weight);
  const float* biasData = biasOf(bias, problem);
  const Tensor capsules = context.output(0, {problem.batch, problem.parents, problem.outDim});
  const Tensor saved = context.output(1, {kernels().routingSavedFloats(problem)});
  const Tensor scratch = context.scratch(kernels().routingScratchFloats(problem));
  kernels().route(problem, u.data(), weight.data(), biasData, capsules.data(), saved.data(), scratch.data());
}

void computeGradient(const Settings& settings, Context& context) {
  const Tensor dcapsules = context.input(0), u = context.input(1), weight = context.input(2), bias = context.input(3),
               saved = context.input(4);
  const RoutingProblem problem = problemOf(settings, u, weight);
  const float* biasData = biasOf(bias, problem);
  if (!dcapsules.is({problem.batch, problem.parents, problem.outDim}) ||
      saved.size() != kernels().routingSavedFloats(problem))
    throw Failure{TF_INVALID_ARGUMENT, "routing's gradient: expected that of capsules [batch, out, outDim], and what they left"};
  const Tensor du = context.output(0, {problem.batch, problem.children, problem.inDim});
  const Tensor dweight = context.output(1, {problem.children, problem.parents, problem.inDim, problem.outDim});
  const Tensor dbias = context.output(2, {biasData ? problem.parents : 0, problem.outDim});
  const Tensor scratch = context.scratch(kernels().routingGradientScratchFloats(problem));
  kernels().routeGradient(problem, weight.data(), biasData, saved.data(), dcapsules.data(), du.data(), dweight.data(),
                          biasData ? dbias.data() : nullptr, scratch.data());
}

}  // namespace

void registerRouting() {
  const std::initializer_list<const char*> attributes = {"iterations: int", "over_parents: bool", "full: bool",
                                                         "epsilon: float"};
  registerOperation<Settings, compute>(
      {"Routing", {"u", "weight", "bias"}, {"capsules", "saved"}, attributes});
  registerOperation<Settings, computeGradient>({"RoutingGradient",
                                                {"dcapsules", "u", "weight", "bias", "saved"},
                                                {"du", "dweight", "dbias"},
                                                attributes});
}
