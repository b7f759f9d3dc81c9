#include "signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <initializer_list>
#include <thread>

namespace {

/** Those that a thread causes itself, and that of profilers, who mean one thread. */
constexpr auto ownOfThread = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPROF};

/** Node's handlers only pass on which signal came: any thread will do. */
void takeSignals() {
  std::thread([] {
    for (;;) pause();
  }).detach();
}

}  // namespace

void keepSignalsAway() {
  static const bool once = (takeSignals(), true);
  (void)once;

  sigset_t others;
  sigfillset(&others);
  for (const int own : ownOfThread) sigdelset(&others, own);
  pthread_sigmask(SIG_BLOCK, &others, nullptr);

  // V8's profiler asks for a stack of its own, if there is one.
  static thread_local char stack[1 << 16];
  stack_t known;
  if (sigaltstack(nullptr, &known) != 0 || !(known.ss_flags & SS_DISABLE)) return;
  stack_t own{};
  own.ss_sp = stack;
  own.ss_size = sizeof stack;
  sigaltstack(&own, nullptr);
}
