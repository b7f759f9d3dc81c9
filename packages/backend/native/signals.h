// Keeps the handlers of signals off the stacks that TensorFlow computes on.
#pragma once

/**
 * To be called by each thread of JavaScript, before TensorFlow is loaded, whose threads are to inherit it. With AVX2 but not
 * AVX-512, oneDNN's product of matrices (jit_avx_gemm_f32) has its stack pointer in the heap, close behind what belongs to
 * others, and a handler of a signal, as Node has them for Ctrl-C, for a terminal that changes its size, or for a profile of the
 * processor, would write there and end the process sooner or later.
 */
void keepSignalsAway();
