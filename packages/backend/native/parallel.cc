#include "parallel.h"

#include <sched.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace {

/** As TensorFlow counts: what the environment says, else the processors that this process may use. */
long countWorkers() {
  const char* asked = std::getenv("TF_NUM_INTRAOP_THREADS");
  const long number = asked ? std::atol(asked) : 0;
  if (number > 0) return number;
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
  const long processors = std::thread::hardware_concurrency();
  return processors > 0 ? processors : 1;
}

/** Some cycles in which a processor does little. */
inline void rest() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/** The tasks of one call. Threads take the next one until none is left. */
struct Work {
  void (*run)(const void*, long, long);
  const void* what;
  long tasks;
  std::atomic<long> next{0};

  void take(long worker) {
    for (long task; (task = next.fetch_add(1)) < tasks;) run(what, task, worker);
  }
};

/**
 * Threads that are there for as long as the process is. One call often follows another, and to wake a thread takes longer than
 * many a task: so they look for work a little while before they sleep, and let others have the processor as they do.
 */
class Pool {
 public:
  Pool() {
    for (long worker = 1; worker < workers(); worker++) std::thread(&Pool::serve, this, worker).detach();
  }

  void run(Work& work) {
    std::unique_lock<std::mutex> alone(turn, std::try_to_lock);
    // Another thread of JavaScript has the pool: its share of the processor is all that is left.
    if (!alone.owns_lock()) return work.take(0);
    current = &work;
    busy = workers() - 1;
    {
      std::lock_guard<std::mutex> hold(state);
      round++;
    }
    called.notify_all();
    work.take(0);
    await(finished, [this] { return busy == 0; });
  }

 private:
  void serve(long worker) {
    for (long seen = 0;;) {
      await(called, [&] { return round != seen; });
      seen = round;
      current->take(worker);
      if (--busy > 0) continue;
      std::lock_guard<std::mutex> hold(state);
      finished.notify_one();
    }
  }

  template <typename Condition>
  void await(std::condition_variable& change, const Condition& condition) {
    using clock = std::chrono::steady_clock;
    for (const auto end = clock::now() + std::chrono::microseconds(200); clock::now() < end; std::this_thread::yield()) {
      for (int look = 0; look < 200; look++) {
        if (condition()) return;
        rest();
      }
    }
    std::unique_lock<std::mutex> hold(state);
    change.wait(hold, condition);
  }

  std::mutex turn, state;
  std::condition_variable called, finished;
  Work* current = nullptr;
  std::atomic<long> busy{0}, round{0};
};

}  // namespace

long workers() {
  static const long count = countWorkers();
  return count;
}

void parallel(long tasks, void (*run)(const void*, long, long), const void* what) {
  Work work{run, what, tasks};
  if (tasks <= 1 || workers() == 1) return work.take(0);
  static Pool& pool = *new Pool;  // never destroyed: its threads may outlive the end of main
  pool.run(work);
}
