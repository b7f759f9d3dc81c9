import type { CapsNetConfig } from '@capsnet/core';

/** The squashes by the names that configurations have for them, along the last axis. */
export const squashSources: Readonly<
  Record<CapsNetConfig['primary']['squash'], { readonly name: string; readonly definition: string }>
> = {
  paper: {
    name: 'squash',
    definition: `def squash(s, epsilon=1e-8):
    n = s.square().sum(-1, keepdim=True)
    return n / (1 + n) * s / (n + epsilon).sqrt()`,
  },
  exponential: {
    name: 'exponential_squash',
    definition: `def exponential_squash(s):
    n = (s.square().sum(-1, keepdim=True) + 1e-20).sqrt()
    return -torch.expm1(-n) / n * s`,
  },
};
