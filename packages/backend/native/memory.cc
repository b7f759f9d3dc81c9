#include "memory.h"

#include <cstdint>
#include <cstring>

#include "operations.h"
#include "tensorflow.h"

namespace {

struct Settings {
  explicit Settings(Attributes& attributes) : count(attributes.integer("N")) {}
  long count;
};

/** New tensors of the shapes of the inputs, with nothing in them yet, and where all lie: first the inputs, then the new ones. */
void compute(const Settings& settings, Context& context) {
  const long n = settings.count;
  // Of 8 bytes each, in a tensor of floats.
  const Tensor addresses = context.output(n, {4 * n});
  const auto tell = [&](long index, const Tensor& tensor) {
    const uint64_t address = (uint64_t)tensor.data();
    std::memcpy(addresses.data() + 2 * index, &address, sizeof address);
  };
  for (long index = 0; index < n; index++) {
    const Tensor given = context.input(index);
    tell(index, given);
    tell(n + index, context.outputLike(index, given));
  }
}

struct Floats {
  Floats(napi_env env, napi_value array) { napi_get_typedarray_info(env, array, nullptr, &length, (void**)&data, nullptr, nullptr); }
  size_t length = 0;
  float* data = nullptr;
};

/** (address: bigint, how many floats): a Float32Array over that memory, which it neither holds nor frees */
napi_value arrayAt(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value given[2], buffer, array;
  napi_get_cb_info(env, info, &count, given, nullptr, nullptr);
  uint64_t address = 0;
  int64_t length = 0;
  bool lossless;
  napi_get_value_bigint_uint64(env, given[0], &address, &lossless);
  napi_get_value_int64(env, given[1], &length);
  napi_create_external_arraybuffer(env, (void*)address, length * sizeof(float), nullptr, nullptr, &buffer);
  napi_create_typedarray(env, napi_float32_array, length, buffer, 0, &array);
  return array;
}

/** (into, a, weight of a, b, weight of b), of one length: into = a times its weight + b times its weight */
napi_value addWeighted(napi_env env, napi_callback_info info) {
  size_t count = 5;
  napi_value given[5];
  napi_get_cb_info(env, info, &count, given, nullptr, nullptr);
  const Floats into(env, given[0]), a(env, given[1]), b(env, given[3]);
  double weights[2] = {0, 0};
  napi_get_value_double(env, given[2], &weights[0]);
  napi_get_value_double(env, given[4], &weights[1]);
  const float ofA = weights[0], ofB = weights[1];
  if (a.length != into.length || b.length != into.length) return nullptr;
  for (size_t at = 0; at < into.length; at++) into.data[at] = a.data[at] * ofA + b.data[at] * ofB;
  return nullptr;
}

}  // namespace

void registerMemory() {
  registerOperation<Settings, compute>({"Memory", {"tensors: N * float"}, {"made: N * float", "addresses"}, {"N: int >= 1"}});
}

void exportMemory(napi_env env, napi_value exports) {
  const struct {
    const char* name;
    napi_callback call;
  } functions[] = {{"arrayAt", arrayAt}, {"addWeighted", addWeighted}};
  for (const auto& [name, call] : functions) {
    napi_value function;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, call, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  }
}
