// Compiled once for each instruction set, with INSTRUCTION_SET as its name. Nothing here may use a function that another
// file could share, such as a template of the standard library: the linker keeps one copy, of whichever instruction set.
#include "kernels.h"

#include "adam.h"
#include "batch-norm.h"
#include "bilinear-convolution.h"
#include "direct-convolution.h"
#include "relu-gradient.h"
#include "routing.h"
#include "self-attention.h"
#include "squash.h"
#include "winograd.h"

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

namespace INSTRUCTION_SET {
extern const Kernels kernels = {
    TEXT(INSTRUCTION_SET),
    sizeof(Lanes),
    routingSavedFloats,
    routingScratchFloats,
    routingGradientScratchFloats,
    route,
    routeGradient,
    selfAttention::scratchFloats,
    selfAttention::gradientScratchFloats,
    selfAttention::route,
    selfAttention::gradient,
    squashScratchFloats,
    squashAll,
    evaluatedKernelFloats,
    bilinearScratchFloats,
    bilinearGradientScratchFloats,
    evaluateKernel,
    convolve,
    convolveGradient,
    winograd::scratchFloats,
    winograd::gradientScratchFloats,
    winograd::convolve,
    winograd::kernelGradient,
    direct::scratchFloats,
    direct::kernelGradientScratchFloats,
    direct::convolve,
    direct::kernelGradient,
    reluGradientScratchFloats,
    reluGradient,
    batchNorm::scratchFloats,
    batchNorm::normalise,
    batchNorm::gradient,
    adam,
};
}  // namespace INSTRUCTION_SET
