#include "parallel.h"

#include <sched.h>

#include <atomic>
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

/** Sleeping threads, which are there for as long as the process is. */
class Pool {
 public:
  Pool() {
    for (long worker = 1; worker < workers(); worker++) std::thread(&Pool::serve, this, worker).detach();
  }

  void run(Work& work) {
    std::unique_lock<std::mutex> alone(turn, std::try_to_lock);
    // Another thread of JavaScript has the pool: its share of the processor is all that is left.
    if (!alone.owns_lock()) return work.take(0);
    {
      std::lock_guard<std::mutex> hold(state);
      current = &work;
      busy = workers() - 1;
      round++;
    }
    called.notify_all();
    work.take(0);
    std::unique_lock<std::mutex> hold(state);
    finished.wait(hold, [this] { return busy == 0; });
  }

 private:
  void serve(long worker) {
    for (long seen = 0;;) {
      Work* work;
      {
        std::unique_lock<std::mutex> hold(state);
        called.wait(hold, [&] { return round != seen; });
        seen = round;
        work = current;
      }
      work->take(worker);
      std::lock_guard<std::mutex> hold(state);
      if (--busy == 0) finished.notify_one();
    }
  }

  std::mutex turn, state;
  std::condition_variable called, finished;
  Work* current = nullptr;
  long busy = 0, round = 0;
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
