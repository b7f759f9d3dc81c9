// Memory of exactly the size that a kernel asked for. A sanitizer guards both of its ends. It is full of NaN at first:
// what a kernel reads before it has written it shows in the results.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

class Memory {
 public:
  /**
   * @param floats    how many there are
   * @param alignment in bytes. Where it is that of a float, the memory is aligned to nothing more
   */
  Memory(long floats, long alignment) : floats(floats), before(alignment == sizeof(float) ? 2 : 0) {
    // Two floats are as little as the sanitizer can forbid.
    void* found = nullptr;
    if (posix_memalign(&found, 64, (before + floats) * sizeof(float)) != 0) std::abort();
    start = (float*)found;
    forbid(start, before);
    for (long k = 0; k < floats; k++) data()[k] = NAN;
  }
  Memory(const std::vector<double>& values, long alignment) : Memory(values.size(), alignment) {
    for (long k = 0; k < floats; k++) data()[k] = (float)values[k];
  }
  Memory(const Memory&) = delete;
  ~Memory() {
    allow(start, before);
    std::free(start);
  }

  float* data() const { return start + before; }
  long size() const { return floats; }
  std::vector<double> values() const { return {data(), data() + floats}; }

 private:
  static void forbid([[maybe_unused]] float* at, [[maybe_unused]] long count) {
#if defined(__SANITIZE_ADDRESS__)
    ASAN_POISON_MEMORY_REGION(at, count * sizeof(float));
#endif
  }
  static void allow([[maybe_unused]] float* at, [[maybe_unused]] long count) {
#if defined(__SANITIZE_ADDRESS__)
    ASAN_UNPOISON_MEMORY_REGION(at, count * sizeof(float));
#endif
  }

  const long floats, before;
  float* start;
};

/** What TensorFlow hands over may lie anywhere in it; what holds lanes is aligned for them. */
constexpr long anywhere = sizeof(float);
