import { efficientConfig, paperConfig } from '@capsnet/core';
import { expect, it } from 'vitest';
import { describe } from './description';

it('names the configuration of core, whatever its seed', () => {
  expect(describe({ ...efficientConfig, seed: 7 })).toBe('efficientConfig');
});

it('says what is different from the nearest one', () => {
  const quarter = {
    ...paperConfig,
    convolutions: [{ ...paperConfig.convolutions[0]!, filters: 64 }],
    primary: { ...paperConfig.primary, channels: 8 },
  };
  expect(describe(quarter)).toBe(
    'paperConfig with convolutions.0.filters 64 (not 256), primary.channels 8 (not 32)',
  );
});
