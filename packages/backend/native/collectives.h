// Collective operations of TensorFlow, over gRPC, between processes that train one network.
#pragma once
#include <node_api.h>

/** Adds `joinGroup`, `sum`, `gather`, `broadcast`, `checkWorker` and `abortGroup` to the module. */
void exportCollectives(napi_env env, napi_value exports);
