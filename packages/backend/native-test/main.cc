// Compares the kernels with plain loops in double. Needs nothing of TensorFlow's.
// tooling/faults/src/native-kernels.test.ts compiles and runs it for this processor; for ARM, in packages/backend:
//
//   aarch64-linux-gnu-g++ -std=c++17 -O3 -static -pthread -DINSTRUCTION_SET=generic -I native -o program
//     native/{kernels,parallel,bilinear-plan}.cc native-test/*.cc
//   TF_NUM_INTRAOP_THREADS=3 qemu-aarch64 program [problems of each kind, default 40]
//
// Prints a line for each kind, "<problems> <kind>", and ends with 1 at the first difference.
#include <cstdio>
#include <cstdlib>

#include "parallel.h"
#include "test.h"

void expect(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "%s, %ld threads: %s\n", tested().instructionSet, workers(), what.c_str());
  std::exit(1);
}

void expectClose(const std::string& what, const Values& found, const Values& expected, double relative) {
  expect(found.size() == expected.size(), what + ": another size");
  double largest = 0;
  for (double value : expected) largest = std::max(largest, std::abs(value));
  for (std::size_t k = 0; k < found.size(); k++) {
    // The negation catches NaN, which compares false with everything.
    if (!(std::abs(found[k] - expected[k]) <= relative * largest))
      expect(false, what + "[" + std::to_string(k) + "]: expected " + std::to_string(expected[k]) + ", found " +
                        std::to_string(found[k]) + ", of at most " + std::to_string(largest));
  }
}

int main(int count, char** arguments) {
  const long problems = count > 1 ? std::atol(arguments[1]) : 40;
  const struct {
    const char* name;
    void (*test)(long);
  } kinds[] = {
      {"lanes", testLanes},
      {"products of matrices", testMatrixProduct},
      {"Adam", testAdam},
      {"squashes", testSquash},
      {"routings", testRouting},
      {"self-attention routings", testSelfAttention},
      {"bilinear convolutions", testBilinearConvolution},
      {"3x3 convolutions", testWinograd},
      {"direct convolutions", testDirectConvolution},
      {"gradients of ReLU and bias", testReluGradient},
      {"batch normalisations", testBatchNorm},
  };
  for (const auto& kind : kinds) {
    kind.test(problems);
    std::printf("%ld %s\n", problems, kind.name);
    std::fflush(stdout);
  }
}
