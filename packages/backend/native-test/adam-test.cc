#include <cmath>

#include "guarded-memory.h"
#include "test.h"

void testAdam(long problems) {
  Random random(2);
  for (long problem = 0; problem < problems; problem++) {
    const long count = random.whole(1, 70);
    const AdamSettings settings{1e-3f, random.coin() ? 0.9f : 0.5f, random.coin() ? 0.999f : 0.9f,
                                random.coin() ? 1e-8f : 1e-2f};
    Values p = random.numbers(count), m = random.numbers(count), v = random.numbers(count), g = random.numbers(count);
    for (double& each : v) each = std::abs(each);
    const Memory weights(p, anywhere), first(m, anywhere), second(v, anywhere), gradient(g, anywhere);
    tested().adam(settings, weights.data(), first.data(), second.data(), gradient.data(), count);
    for (long k = 0; k < count; k++) {
      m[k] = settings.beta1 * m[k] + (1 - (double)settings.beta1) * g[k];
      v[k] = settings.beta2 * v[k] + (1 - (double)settings.beta2) * g[k] * g[k];
      p[k] -= settings.rate * m[k] / (std::sqrt(v[k]) + settings.epsilon);
    }
    expectClose("Adam's weights", weights.values(), p, 1e-6);
    expectClose("Adam's m", first.values(), m, 1e-6);
    expectClose("Adam's v", second.values(), v, 1e-6);
    expectClose("Adam's gradient", gradient.values(), g, 0);
  }
}
