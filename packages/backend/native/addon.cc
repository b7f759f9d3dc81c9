// The module that Node loads. Loading it registers the operations; it exports which instruction set they use,
// `keepSignalsAway`, and what `memory.h` is for.
#include <node_api.h>

#include "kernels.h"
#include "memory.h"
#include "operations.h"
#include "parallel.h"
#include "signals.h"
#include "tensorflow.h"

static napi_value keepSignalsAwayFromCaller(napi_env, napi_callback_info) {
  keepSignalsAway();
  return nullptr;
}

NAPI_MODULE_INIT() {
  try {
    // Every thread of JavaScript that loads the module comes by here; TensorFlow ends the process at a second registration.
    static const bool once = (registerAdam(), registerBatchNorm(), registerBilinearConvolution(), registerDirectConvolution(),
                              registerMemory(), registerRouting(), registerSelfAttention(), registerSquash(), registerWinograd(), true);
    (void)once;
  } catch (const Failure& failure) {
    napi_throw_error(env, nullptr, failure.message.c_str());
    return nullptr;
  }
  napi_value instructionSet, threads, build, keepAway;
  napi_create_string_utf8(env, kernels().instructionSet, NAPI_AUTO_LENGTH, &instructionSet);
  napi_create_int64(env, workers(), &threads);
  napi_create_string_utf8(env, BUILD, NAPI_AUTO_LENGTH, &build);
  napi_create_function(env, "keepSignalsAway", NAPI_AUTO_LENGTH, keepSignalsAwayFromCaller, nullptr, &keepAway);
  napi_set_named_property(env, exports, "build", build);
  napi_set_named_property(env, exports, "instructionSet", instructionSet);
  napi_set_named_property(env, exports, "keepSignalsAway", keepAway);
  napi_set_named_property(env, exports, "threads", threads);
  exportMemory(env, exports);
  return exports;
}
