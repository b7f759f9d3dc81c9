#include <cstdlib>
#include <cstring>

#include "kernels.h"

// One line for each time that kernels.cc is compiled; see own-kernels.ts.
namespace generic { extern const Kernels kernels; }
#if defined(__x86_64__)
namespace avx2 { extern const Kernels kernels; }
namespace avx512 { extern const Kernels kernels; }
#endif

static const Kernels& choose() {
  const char* asked = std::getenv("CAPSNET_INSTRUCTION_SET");
  const auto allows = [&](const Kernels& set) { return !asked || std::strcmp(asked, set.instructionSet) == 0; };
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool has2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has512 = has2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  if (has512 && allows(avx512::kernels)) return avx512::kernels;
  if (has2 && allows(avx2::kernels)) return avx2::kernels;
#endif
  return generic::kernels;
}

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}
