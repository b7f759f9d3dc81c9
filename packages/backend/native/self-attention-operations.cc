// Self-attention routing before its squash, and its gradient, as operations of TensorFlow.
#include "kernels.h"
#include "operations.h"
#include "tensorflow.h"

namespace {

struct None {
  explicit None(Attributes&) {}
};

VotesProblem problemOf(const Tensor& u, const Tensor& weight) {
  if (u.rank() != 3 || weight.rank() != 4 || u.dim(1) != weight.dim(0) || u.dim(2) != weight.dim(2))
    throw Failure{TF_INVALID_ARGUMENT, "routing: expected u [batch, in, inDim] and weight [in, out, inDim, outDim]"};
  return {u.dim(0), u.dim(1), weight.dim(1), u.dim(2), weight.dim(3)};
}

/** [children, parents], or empty where there is none. */
const float* biasOf(const Tensor& bias, const VotesProblem& problem) {
  if (bias.size() == 0) return nullptr;
  if (!bias.is({problem.children, problem.parents}))
    throw Failure{TF_INVALID_ARGUMENT, "routing: expected bias [in, out], or an empty one"};
  return bias.data();
}

void compute(const None&, Context& context) {
  const Tensor u = context.input(0), weight = context.input(1), bias = context.input(2);
  const VotesProblem problem = problemOf(u, weight);
  const float* biasData = biasOf(bias, problem);
  const Tensor sums = context.output(0, {problem.batch, problem.parents, problem.outDim});
  const Tensor scratch = context.scratch(kernels().selfAttentionScratchFloats(problem));
  kernels().selfAttention(problem, u.data(), weight.data(), biasData, sums.data(), scratch.data());
}

void computeGradient(const None&, Context& context) {
  const Tensor dsums = context.input(0), u = context.input(1), weight = context.input(2), bias = context.input(3);
  const VotesProblem problem = problemOf(u, weight);
  const float* biasData = biasOf(bias, problem);
  if (!dsums.is({problem.batch, problem.parents, problem.outDim}))
    throw Failure{TF_INVALID_ARGUMENT, "routing's gradient: expected that of the sums [batch, out, outDim]"};
  const Tensor du = context.output(0, {problem.batch, problem.children, problem.inDim});
  const Tensor dweight = context.output(1, {problem.children, problem.parents, problem.inDim, problem.outDim});
  const Tensor dbias = context.output(2, {biasData ? problem.children : 0, problem.parents});
  const Tensor scratch = context.scratch(kernels().selfAttentionGradientScratchFloats(problem));
  kernels().selfAttentionGradient(problem, u.data(), weight.data(), biasData, dsums.data(), du.data(), dweight.data(),
                                  biasData ? dbias.data() : nullptr, scratch.data());
}

}  // namespace

void registerSelfAttention() {
  registerOperation<None, compute>({"SelfAttention", {"u", "weight", "bias"}, {"sums"}, {}});
  registerOperation<None, computeGradient>(
      {"SelfAttentionGradient", {"dsums", "u", "weight", "bias"}, {"du", "dweight", "dbias"}, {}});
}
