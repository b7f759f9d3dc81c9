// Each makes its operations known to TensorFlow.
#pragma once

void registerAdam();
void registerRouting();
void registerBilinearConvolution();
void registerWinograd();
