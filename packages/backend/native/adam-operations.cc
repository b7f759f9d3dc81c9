// Adam for all weights at once, as an operation of TensorFlow that writes into its inputs: who calls it makes sure that nobody
// else holds them.
#include <vector>

#include "kernels.h"
#include "operations.h"
#include "parallel.h"
#include "tensorflow.h"

namespace {

struct Settings {
  explicit Settings(Attributes& attributes) : count(attributes.integer("N")) {}
  long count;
};

/** A part of one tensor, for one thread. */
struct Part {
  float *p, *m, *v;
  const float* g;
  long count;
};

constexpr long largestPart = 1 << 14;

void compute(const Settings& settings, Context& context) {
  const long n = settings.count;
  const Tensor numbers = context.input(0);
  if (!numbers.is({4})) throw Failure{TF_INVALID_ARGUMENT, "Adam: expected [rate, beta1, beta2, epsilon]"};
  const AdamSettings adam{numbers.data()[0], numbers.data()[1], numbers.data()[2], numbers.data()[3]};
  std::vector<Tensor> tensors;
  for (long index = 0; index < 4 * n; index++) tensors.push_back(context.input(1 + index));
  std::vector<Part> parts;
  for (long index = 0; index < n; index++) {
    const Tensor *p = &tensors[index], *m = p + n, *v = m + n, *g = v + n;
    const long size = p->size();
    if (m->size() != size || v->size() != size || g->size() != size)
      throw Failure{TF_INVALID_ARGUMENT, "Adam: expected moments and a gradient of the size of each variable"};
    for (long at = 0; at < size; at += largestPart)
      parts.push_back({p->data() + at, m->data() + at, v->data() + at, g->data() + at,
                       size - at < largestPart ? size - at : largestPart});
  }
  parallel(parts.size(), [&](long task, long) {
    const Part& part = parts[task];
    kernels().adam(adam, part.p, part.m, part.v, part.g, part.count);
  });
  for (long index = 0; index < n; index++) context.output(index, tensors[index]);
}

}  // namespace

void registerAdam() {
  registerOperation<Settings, compute>(
      {"Adam",
       {"numbers", "variables: N * float", "m: N * float", "v: N * float", "gradients: N * float"},
       {"updated: N * float"},
       {"N: int >= 1"}});
}
