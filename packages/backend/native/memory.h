// Tensors of TensorFlow as memory that JavaScript sees, so that workers send gradients from where they lie and receive sums where
// they belong.
#pragma once
#include <node_api.h>

/** Adds `arrayAt` and `addWeighted` to the module. */
void exportMemory(napi_env env, napi_value exports);
