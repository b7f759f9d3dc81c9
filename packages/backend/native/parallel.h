// Work in tasks, over as many threads as TensorFlow computes with.
#pragma once

/** Threads that share the tasks of `parallel`, the calling one included: those that TensorFlow's own pool has. */
long workers();

/** Runs tasks 0 ... tasks - 1, each once, and returns when all are done. `worker`, below `workers()`, says on which thread. */
void parallel(long tasks, void (*run)(const void* what, long task, long worker), const void* what);

template <typename Task>
static inline void parallel(long tasks, const Task& task) {
  parallel(
      tasks, [](const void* what, long task, long worker) { (*(const Task*)what)(task, worker); }, &task);
}
