/** How many places a kernel has along an axis when it lies wholly on it (valid padding); below 1 where it does not fit. */
export function convolvedSize(size: number, kernelSize: number, strides: number): number {
  return Math.floor((size - kernelSize) / strides) + 1;
}
