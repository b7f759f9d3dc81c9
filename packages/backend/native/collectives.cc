#include "collectives.h"

#include <arpa/inet.h>
#include <tensorflow/c/eager/c_api.h>

#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "listener.h"
#include "tensorflow.h"

extern "C" {
void TFE_EnableCollectiveOps(TFE_Context*, const void* serverDef, size_t length, TF_Status*);
void TFE_AbortCollectiveOps(TFE_Context*, TF_Status*);
void TFE_CollectiveOpsCheckPeerHealth(TFE_Context*, const char* task, int64_t milliseconds, TF_Status*);
}

namespace {

using TensorPointer = std::unique_ptr<TF_Tensor, void (*)(TF_Tensor*)>;

/**
 * A context of TensorFlow of its own, beside the one in which tfjs-node computes. It lives as long as the process: TensorFlow
 * cannot end a server that it has begun.
 */
struct Group {
  TFE_Context* context;
  int size;
  std::string device;
};

template <typename Value>
TensorPointer vectorOf(TF_DataType type, int64_t count, const Value* values) {
  TF_Tensor* tensor = TF_AllocateTensor(type, &count, 1, count * sizeof(Value));
  std::memcpy(TF_TensorData(tensor), values, count * sizeof(Value));
  return {tensor, TF_DeleteTensor};
}

TensorPointer scalarOf(int32_t value) {
  TF_Tensor* tensor = TF_AllocateTensor(TF_INT32, nullptr, 0, sizeof value);
  std::memcpy(TF_TensorData(tensor), &value, sizeof value);
  return {tensor, TF_DeleteTensor};
}

/** One operation in the group's context. */
class Operation {
 public:
  Operation(const Group& group, const char* name) : group(group) {
    op = TFE_NewOp(group.context, name, status);
    status.check();
    TFE_OpSetDevice(op, group.device.c_str(), status);
    status.check();
    TFE_OpSetAttrString(op, "communication_hint", "ring", 4);
  }
  ~Operation() { TFE_DeleteOp(op); }

  void add(TF_Tensor* tensor) {
    TFE_TensorHandle* handle = TFE_NewTensorHandle(tensor, status);
    status.check();
    TFE_OpAddInput(op, handle, status);
    TFE_DeleteTensorHandle(handle);
    status.check();
  }

  /** All workers of the group, one instance for each call: the same number on each of them. */
  void addInstance(int instance) {
    for (const int value : {group.size, 1, instance}) add(scalarOf(value).get());
  }

  void type(const char* name, TF_DataType value) { TFE_OpSetAttrType(op, name, value); }
  void text(const char* name, const char* value) { TFE_OpSetAttrString(op, name, value, std::strlen(value)); }
  void number(const char* name, int64_t value) { TFE_OpSetAttrInt(op, name, value); }

  TensorPointer run() {
    TFE_TensorHandle* handle = nullptr;
    int count = 1;
    TFE_Execute(op, &handle, &count, status);
    status.check();
    TF_Tensor* tensor = TFE_TensorHandleResolve(handle, status);
    TFE_DeleteTensorHandle(handle);
    status.check();
    return {tensor, TF_DeleteTensor};
  }

 private:
  const Group& group;
  Status status;
  TFE_Op* op;
};

TensorPointer sum(const Group& group, int instance, TF_Tensor* values) {
  Operation operation(group, "CollectiveReduceV2");
  operation.add(values);
  operation.addInstance(instance);
  operation.type("T", TF_FLOAT);
  operation.text("merge_op", "Add");
  operation.text("final_op", "Id");
  operation.number("Nordering_token", 0);
  return operation.run();
}

TensorPointer gather(const Group& group, int instance, TF_Tensor* values) {
  Operation operation(group, "CollectiveGatherV2");
  operation.add(values);
  operation.addInstance(instance);
  operation.type("T", TF_INT32);
  operation.number("Nordering_token", 0);
  return operation.run();
}

TensorPointer send(const Group& group, int instance, TF_Tensor* values) {
  Operation operation(group, "CollectiveBcastSendV2");
  operation.add(values);
  operation.addInstance(instance);
  operation.type("T", TF_FLOAT);
  return operation.run();
}

TensorPointer receive(const Group& group, int instance, int32_t count) {
  Operation operation(group, "CollectiveBcastRecvV2");
  operation.addInstance(instance);
  operation.add(vectorOf(TF_INT32, 1, &count).get());
  operation.type("T", TF_FLOAT);
  operation.type("Tshape", TF_INT32);
  return operation.run();
}

/** What a thread does for a promise: it may give a tensor. */
using Work = std::function<TensorPointer()>;

struct Task {
  Work work;
  napi_deferred deferred;
  napi_threadsafe_function finish;
  TensorPointer result{nullptr, TF_DeleteTensor};
  std::string failure;
  bool failed = false;
};

napi_value textOf(napi_env env, const std::string& text) {
  napi_value value;
  napi_create_string_utf8(env, text.c_str(), text.size(), &value);
  return value;
}

/** An array over the memory of the tensor, which is freed with it. */
napi_value arrayOf(napi_env env, TensorPointer tensor) {
  TF_Tensor* held = tensor.release();
  const size_t bytes = TF_TensorByteSize(held);
  napi_value buffer, array;
  napi_create_external_arraybuffer(
      env, TF_TensorData(held), bytes, [](napi_env, void*, void* held) { TF_DeleteTensor((TF_Tensor*)held); }, held,
      &buffer);
  napi_create_typedarray(env, TF_TensorType(held) == TF_INT32 ? napi_int32_array : napi_float32_array, bytes / 4, buffer, 0,
                         &array);
  return array;
}

/** In the thread of JavaScript. */
void settle(napi_env env, napi_value, void*, void* data) {
  const std::unique_ptr<Task> task((Task*)data);
  if (!env) return;
  napi_value value;
  if (task->failed) {
    napi_create_error(env, nullptr, textOf(env, task->failure), &value);
    napi_reject_deferred(env, task->deferred, value);
    return;
  }
  if (task->result)
    value = arrayOf(env, std::move(task->result));
  else
    napi_get_undefined(env, &value);
  napi_resolve_deferred(env, task->deferred, value);
}

/**
 * Works in a thread of its own. It is none of libuv's, which a process waits for when it ends: this one may wait for a worker
 * that never comes.
 */
napi_value promise(napi_env env, Work work) {
  Task* task = new Task{std::move(work)};
  napi_value result;
  napi_create_promise(env, &task->deferred, &result);
  napi_create_threadsafe_function(env, nullptr, nullptr, textOf(env, "capsnet collective"), 0, 1, nullptr, nullptr, nullptr,
                                  settle, &task->finish);
  std::thread([task] {
    try {
      task->result = task->work();
    } catch (const Failure& failure) {
      task->failed = true;
      task->failure = failure.message;
    }
    const auto finish = task->finish;
    napi_call_threadsafe_function(finish, task, napi_tsfn_blocking);
    napi_release_threadsafe_function(finish, napi_tsfn_release);
  }).detach();
  return result;
}

struct Arguments {
  Arguments(napi_env env, napi_callback_info info) : env(env) { napi_get_cb_info(env, info, &count, values, nullptr, nullptr); }

  int32_t integer(int index) {
    int32_t value = 0;
    napi_get_value_int32(env, values[index], &value);
    return value;
  }
  double number(int index) {
    double value = 0;
    napi_get_value_double(env, values[index], &value);
    return value;
  }
  std::string text(int index) {
    size_t length = 0;
    napi_get_value_string_utf8(env, values[index], nullptr, 0, &length);
    std::string text(length, '\0');
    napi_get_value_string_utf8(env, values[index], &text[0], length + 1, &length);
    return text;
  }
  Group& group(int index) {
    void* group = nullptr;
    napi_get_value_external(env, values[index], &group);
    return *(Group*)group;
  }
  /** A copy of a typed array. */
  std::shared_ptr<TF_Tensor> tensor(int index) {
    napi_typedarray_type type;
    size_t length = 0;
    void* data = nullptr;
    napi_get_typedarray_info(env, values[index], &type, &length, &data, nullptr, nullptr);
    return type == napi_int32_array ? std::shared_ptr<TF_Tensor>(vectorOf(TF_INT32, length, (const int32_t*)data))
                                    : std::shared_ptr<TF_Tensor>(vectorOf(TF_FLOAT, length, (const float*)data));
  }
  /** Float32Arrays times a weight, one after the other. */
  std::shared_ptr<TF_Tensor> weighted(int index, float weight) {
    uint32_t arrays = 0;
    napi_get_array_length(env, values[index], &arrays);
    std::vector<std::pair<const float*, size_t>> parts(arrays);
    int64_t total = 0;
    for (uint32_t at = 0; at < arrays; at++) {
      napi_value array;
      void* data = nullptr;
      size_t length = 0;
      napi_get_element(env, values[index], at, &array);
      napi_get_typedarray_info(env, array, nullptr, &length, &data, nullptr, nullptr);
      parts[at] = {(const float*)data, length};
      total += length;
    }
    TF_Tensor* tensor = TF_AllocateTensor(TF_FLOAT, &total, 1, total * sizeof(float));
    float* to = (float*)TF_TensorData(tensor);
    for (const auto& [from, length] : parts)
      for (size_t at = 0; at < length; at++) *to++ = weight * from[at];
    return std::shared_ptr<TF_Tensor>(tensor, TF_DeleteTensor);
  }

  napi_env env;
  size_t count = 5;
  napi_value values[5];
};

/**
 * (description of the server as protobuf, rank, size, port, IPv4 address to listen on or ""): the group; the server begins at
 * once, and waits for nobody.
 */
napi_value joinGroup(napi_env env, napi_callback_info info) {
  Arguments given(env, info);
  void* description = nullptr;
  size_t length = 0;
  napi_get_typedarray_info(env, given.values[0], nullptr, &length, &description, nullptr, nullptr);
  Group* group = new Group{nullptr, given.integer(2),
                           "/job:worker/replica:0/task:" + std::to_string(given.integer(1)) + "/device:CPU:0"};
  try {
    Status status;
    TFE_ContextOptions* options = TFE_NewContextOptions();
    group->context = TFE_NewContext(options, status);
    TFE_DeleteContextOptions(options);
    status.check();
    {
      Silence silence;
      TFE_EnableCollectiveOps(group->context, description, length, status);
    }
    status.check();
    uint32_t address = 0;
    if (inet_pton(AF_INET, given.text(4).c_str(), &address) == 1) listenOnlyOn(given.integer(3), address);
  } catch (const Failure& failure) {
    napi_throw_error(env, nullptr, failure.message.c_str());
    return nullptr;
  }
  napi_value value;
  napi_create_external(env, group, nullptr, nullptr, &value);
  return value;
}

/** (group, instance, values: Float32Array[], weight): a promise of their sum over the workers, times their weights, in one array */
napi_value sumValues(napi_env env, napi_callback_info info) {
  Arguments given(env, info);
  return promise(env, [&group = given.group(0), instance = given.integer(1), values = given.weighted(2, given.number(3))] {
    return sum(group, instance, values.get());
  });
}

/** (group, instance, values: Int32Array, as many on each worker): a promise of those of all workers, in their order */
napi_value gatherValues(napi_env env, napi_callback_info info) {
  Arguments given(env, info);
  return promise(env, [&group = given.group(0), instance = given.integer(1), values = given.tensor(2)] {
    return gather(group, instance, values.get());
  });
}

/** (group, instance, values: Float32Array, or of those who receive them how many): a promise of the values */
napi_value broadcastValues(napi_env env, napi_callback_info info) {
  Arguments given(env, info);
  bool sends = false;
  napi_is_typedarray(env, given.values[2], &sends);
  if (sends)
    return promise(env, [&group = given.group(0), instance = given.integer(1), values = given.tensor(2)] {
      return send(group, instance, values.get());
    });
  return promise(env, [&group = given.group(0), instance = given.integer(1), count = given.integer(2)] {
    return receive(group, instance, count);
  });
}

/** (group, rank, milliseconds): a promise, rejected unless that worker answers in time */
napi_value checkWorker(napi_env env, napi_callback_info info) {
  Arguments given(env, info);
  return promise(env, [&group = given.group(0), rank = given.integer(1), milliseconds = given.integer(2)]() -> TensorPointer {
    Status status;
    const std::string task = "/job:worker/replica:0/task:" + std::to_string(rank);
    TFE_CollectiveOpsCheckPeerHealth(group.context, task.c_str(), milliseconds, status);
    status.check();
    return {nullptr, TF_DeleteTensor};
  });
}

/** (group, reason): what is waited for fails with the reason, and everything after it; other workers are told. */
napi_value abortGroup(napi_env env, napi_callback_info info) {
  Arguments given(env, info);
  Status status;
  TF_SetStatus(status, TF_ABORTED, given.text(1).c_str());
  TFE_AbortCollectiveOps(given.group(0).context, status);
  return nullptr;
}

}  // namespace

void exportCollectives(napi_env env, napi_value exports) {
  const struct {
    const char* name;
    napi_callback call;
  } functions[] = {{"joinGroup", joinGroup},         {"sum", sumValues},           {"gather", gatherValues},
                   {"broadcast", broadcastValues}, {"checkWorker", checkWorker}, {"abortGroup", abortGroup}};
  for (const auto& [name, call] : functions) {
    napi_value function;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, call, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  }
}
