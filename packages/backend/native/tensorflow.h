// TensorFlow's C interface for operations of one's own. `kernels.h` of it cannot be included, since it asks for headers that
// its packages leave out: what is used of it is declared here.
#pragma once
#include <tensorflow/c/c_api.h>
#include <tensorflow/c/ops.h>
#include <tensorflow/c/tf_status.h>
#include <tensorflow/c/tf_tensor.h>

#include <initializer_list>
#include <memory>
#include <string>

extern "C" {
typedef struct TF_KernelBuilder TF_KernelBuilder;
typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;

TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int index, TF_DataType, const int64_t* dims, int rank, size_t bytes,
                             TF_Status*);
TF_Tensor* TF_AllocateTemp(TF_OpKernelContext*, TF_DataType, const int64_t* dims, int rank, TF_AllocatorAttributes*,
                           TF_Status*);
void TF_SetOutput(TF_OpKernelContext*, int index, const TF_Tensor*, TF_Status*);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction*, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt64(TF_OpKernelConstruction*, const char* name, int64_t*, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt64List(TF_OpKernelConstruction*, const char* name, int64_t*, int most, TF_Status*);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction*, const char* name, float*, TF_Status*);
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction*, const char* name, unsigned char*, TF_Status*);
}

/** Why an operation cannot go on; TensorFlow tells it to who asked for the operation. */
struct Failure {
  TF_Code code;
  std::string message;
};

struct Status {
  TF_Status* status = TF_NewStatus();
  ~Status() { TF_DeleteStatus(status); }
  operator TF_Status*() { return status; }
  void check() {
    if (TF_GetCode(status) != TF_OK) throw Failure{TF_GetCode(status), TF_Message(status)};
  }
};

/** A tensor of floats, which TensorFlow frees when nobody holds it. */
struct Tensor {
  std::unique_ptr<TF_Tensor, void (*)(TF_Tensor*)> tensor{nullptr, TF_DeleteTensor};
  float* data() const { return (float*)TF_TensorData(tensor.get()); }
  int rank() const { return TF_NumDims(tensor.get()); }
  long dim(int index) const { return TF_Dim(tensor.get(), index); }
  long size() const { return TF_TensorElementCount(tensor.get()); }
  /** Of the last axis. */
  long columns() const { return rank() > 0 ? dim(rank() - 1) : 1; }
  bool isLike(const Tensor& other) const {
    if (rank() != other.rank()) return false;
    for (int axis = 0; axis < rank(); axis++)
      if (dim(axis) != other.dim(axis)) return false;
    return true;
  }
  bool is(std::initializer_list<long> dims) const {
    if (rank() != (int)dims.size()) return false;
    int index = 0;
    for (long expected : dims)
      if (dim(index++) != expected) return false;
    return true;
  }
};

/** The inputs, outputs and memory of one run of an operation. */
class Context {
 public:
  explicit Context(TF_OpKernelContext* context) : context(context) {}

  Tensor input(int index) {
    Status status;
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context, index, &tensor, status);
    status.check();
    return {{tensor, TF_DeleteTensor}};
  }

  Tensor output(int index, std::initializer_list<long> shape) {
    Status status;
    int64_t dims[8], size = 1;
    int rank = 0;
    for (long dim : shape) size *= dims[rank++] = dim;
    TF_Tensor* tensor = TF_AllocateOutput(context, index, TF_FLOAT, dims, rank, size * sizeof(float), status);
    status.check();
    return {{tensor, TF_DeleteTensor}};
  }

  /** An output of the shape of an input. */
  Tensor outputLike(int index, const Tensor& input) {
    Status status;
    int64_t dims[8];
    for (int axis = 0; axis < input.rank(); axis++) dims[axis] = input.dim(axis);
    TF_Tensor* tensor =
        TF_AllocateOutput(context, index, TF_FLOAT, dims, input.rank(), input.size() * sizeof(float), status);
    status.check();
    return {{tensor, TF_DeleteTensor}};
  }

  /** An output that is an input. */
  void output(int index, const Tensor& input) {
    Status status;
    TF_SetOutput(context, index, input.tensor.get(), status);
    status.check();
  }

  /** Memory for the run, of TensorFlow's own, so that it comes back from its pool the next time. */
  Tensor scratch(long floats) {
    Status status;
    const int64_t dims[] = {floats};
    TF_AllocatorAttributes attributes{TF_ALLOCATOR_ATTRIBUTES_STRUCT_SIZE, 1};
    TF_Tensor* tensor = TF_AllocateTemp(context, TF_FLOAT, dims, 1, &attributes, status);
    status.check();
    return {{tensor, TF_DeleteTensor}};
  }

 private:
  TF_OpKernelContext* context;
};

/** Reads the attributes of an operation. */
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction(construction) {}

  long integer(const char* name) { return read<int64_t>(TF_OpKernelConstruction_GetAttrInt64, name); }
  float number(const char* name) { return read<float>(TF_OpKernelConstruction_GetAttrFloat, name); }
  bool flag(const char* name) { return read<unsigned char>(TF_OpKernelConstruction_GetAttrBool, name); }
  void pair(const char* name, long values[2]) {
    Status status;
    int64_t found[2] = {0, 0};
    TF_OpKernelConstruction_GetAttrInt64List(construction, name, found, 2, status);
    status.check();
    for (int index = 0; index < 2; index++) values[index] = found[index];
  }

 private:
  template <typename Value>
  Value read(void (*get)(TF_OpKernelConstruction*, const char*, Value*, TF_Status*), const char* name) {
    Status status;
    Value value = 0;
    get(construction, name, &value, status);
    status.check();
    return value;
  }

  TF_OpKernelConstruction* construction;
};

/** What an operation is called with and gives: tensors as "name: type", or names of float tensors, and attributes as "name: type". */
struct Signature {
  const char* name;
  std::initializer_list<const char*> inputs, outputs, attributes;
};

/**
 * Makes an operation known to TensorFlow as Capsnet<name>_<build>.
 *
 * @tparam Settings made of its attributes
 */
template <typename Settings, void (*compute)(const Settings&, Context&)>
void registerOperation(const Signature& signature) {
  Status status;
  // A second version of this package in one process has operations of its own.
  const std::string name = std::string("Capsnet") + signature.name + "_" + BUILD;
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name.c_str());
  const auto typed = [](const std::string& tensor) {
    return tensor.find(':') == std::string::npos ? tensor + ": float" : tensor;
  };
  for (const char* input : signature.inputs) TF_OpDefinitionBuilderAddInput(definition, typed(input).c_str());
  for (const char* output : signature.outputs) TF_OpDefinitionBuilderAddOutput(definition, typed(output).c_str());
  for (const char* attribute : signature.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, [](TF_ShapeInferenceContext* context, TF_Status* status) {
    TF_ShapeInferenceContextSetUnknownShape(context, status);
  });
  TF_RegisterOpDefinition(definition, status);
  status.check();

  TF_KernelBuilder* kernel = TF_NewKernelBuilder(
      name.c_str(), "CPU",
      [](TF_OpKernelConstruction* construction) -> void* {
        try {
          Attributes attributes(construction);
          return new Settings(attributes);
        } catch (const Failure& failure) {
          Status status;
          TF_SetStatus(status, failure.code, failure.message.c_str());
          TF_OpKernelConstruction_Failure(construction, status);
          return nullptr;
        }
      },
      [](void* settings, TF_OpKernelContext* kernelContext) {
        try {
          Context context(kernelContext);
          compute(*(const Settings*)settings, context);
        } catch (const Failure& failure) {
          Status status;
          TF_SetStatus(status, failure.code, failure.message.c_str());
          TF_OpKernelContext_Failure(kernelContext, status);
        }
      },
      [](void* settings) { delete (Settings*)settings; });
  TF_RegisterKernelBuilder(name.c_str(), kernel, status);
  status.check();
}
