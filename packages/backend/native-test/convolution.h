// A convolution and its gradients as loops over everything, in double.
#pragma once
#include <string>

#include "test.h"

/** x [batch, image, channels], w [kernel, channels, filters] -> y [batch, outputs, filters], [vertical, horizontal] */
struct Convolution {
  long batch, channels, filters, image[2], kernel[2], strides[2], outputs[2];
  long padding[2];  // rows of zeros above the image, columns before it

  long inputSize() const { return batch * image[0] * image[1] * channels; }
  long kernelSize() const { return kernel[0] * kernel[1] * channels * filters; }
  long outputSize() const { return batch * outputs[0] * outputs[1] * filters; }

  Values forward(const Values& x, const Values& w) const {
    Values y(outputSize());
    each([&](long input, long weight, long output) { y[output] += x[input] * w[weight]; });
    return y;
  }
  /** With bias, and no less than 0 if `relu`; NaN stays NaN. */
  Values withBias(Values y, const Values& bias, bool relu) const {
    for (std::size_t k = 0; k < y.size(); k++) {
      if (!bias.empty()) y[k] += bias[k % filters];
      if (relu && y[k] < 0) y[k] = 0;
    }
    return y;
  }
  Values inputGradient(const Values& dy, const Values& w) const {
    Values dx(inputSize());
    each([&](long input, long weight, long output) { dx[input] += dy[output] * w[weight]; });
    return dx;
  }
  Values kernelGradient(const Values& dy, const Values& x) const {
    Values dw(kernelSize());
    each([&](long input, long weight, long output) { dw[weight] += dy[output] * x[input]; });
    return dw;
  }

  std::string name() const {
    const auto pair = [](const long values[2]) { return std::to_string(values[0]) + "x" + std::to_string(values[1]); };
    return "of batch " + std::to_string(batch) + ", image " + pair(image) + "x" + std::to_string(channels) +
           ", kernel " + pair(kernel) + ", strides " + pair(strides) + ", padding " + pair(padding) + ", to " +
           pair(outputs) + "x" + std::to_string(filters);
  }

 private:
  /** Calls with the places of every input, weight and output that meet. */
  template <typename Use>
  void each(Use use) const {
    for (long b = 0; b < batch; b++)
      for (long i = 0; i < outputs[0]; i++)
        for (long j = 0; j < outputs[1]; j++)
          for (long k = 0; k < kernel[0]; k++)
            for (long l = 0; l < kernel[1]; l++) {
              const long row = i * strides[0] + k - padding[0], column = j * strides[1] + l - padding[1];
              if (row < 0 || row >= image[0] || column < 0 || column >= image[1]) continue;
              for (long c = 0; c < channels; c++)
                for (long f = 0; f < filters; f++)
                  use(((b * image[0] + row) * image[1] + column) * channels + c,
                      ((k * kernel[1] + l) * channels + c) * filters + f,
                      ((b * outputs[0] + i) * outputs[1] + j) * filters + f);
            }
  }
};
