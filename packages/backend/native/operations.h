// Each makes its operations known to TensorFlow.
#pragma once

void registerRouting();
void registerBilinearConvolution();
