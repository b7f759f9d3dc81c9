// Adam (Kingma and Ba 2015, algorithm 1), one pass over weights, moments and gradient.
#pragma once
#include "kernels.h"
#include "lanes.h"

namespace INSTRUCTION_SET {

/**
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g^2
 *   p -= rate m / (sqrt(v) + epsilon)      where rate and epsilon correct the bias of the moments
 */
static void adam(const AdamSettings& settings, float* p, float* m, float* v, const float* g, long count) {
  const Lanes beta1 = broadcast(settings.beta1), beta2 = broadcast(settings.beta2);
  const auto update = [&](Lanes& p, Lanes& m, Lanes& v, Lanes g) {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    p -= settings.rate * m / (squareRoot(v) + settings.epsilon);
  };
  long k = 0;
  for (; k + width <= count; k += width) {
    Lanes weights = load(p + k), first = load(m + k), second = load(v + k);
    update(weights, first, second, load(g + k));
    store(p + k, weights);
    store(m + k, first);
    store(v + k, second);
  }
  if (k == count) return;
  Lanes weights = loadPart(p + k, count - k), first = loadPart(m + k, count - k), second = loadPart(v + k, count - k);
  update(weights, first, second, loadPart(g + k, count - k));
  storePart(p + k, weights, count - k);
  storePart(m + k, first, count - k);
  storePart(v + k, second, count - k);
}

}  // namespace INSTRUCTION_SET
