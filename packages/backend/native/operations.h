// Each makes its operations known to TensorFlow.
#pragma once

void registerAdam();
void registerRouting();
void registerBatchNorm();
void registerBilinearConvolution();
void registerDirectConvolution();
void registerMemory();
void registerSelfAttention();
void registerSquash();
void registerWinograd();
