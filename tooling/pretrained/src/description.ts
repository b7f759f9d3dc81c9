import { type CapsNetConfig, efficientConfig, labmlConfig, paperConfig } from '@capsnet/core';

const presets = { paperConfig, labmlConfig, efficientConfig };

/** A configuration as the nearest one of core and what is different in it. */
export function describe(config: CapsNetConfig): string {
  const [nearest] = Object.entries(presets)
    .map(([name, preset]) => ({ name, differences: differences(preset, config) }))
    .sort((a, b) => a.differences.length - b.differences.length) as [{ name: string; differences: string[] }];
  if (nearest.differences.length === 0) return nearest.name;
  return `${nearest.name} with ${nearest.differences.join(', ')}`;
}

/** `primary.channels 8 (not 32)` for each value that differs; the seed is no part of what a network is. */
function differences(preset: unknown, config: unknown, path = ''): string[] {
  if (path === 'seed') return [];
  if (!isGroup(preset) || !isGroup(config)) {
    return preset === config ? [] : [`${path} ${show(config)} (not ${show(preset)})`];
  }
  const keys = new Set([...Object.keys(preset), ...Object.keys(config)]);
  return [...keys].flatMap(key =>
    differences(preset[key], config[key], path === '' ? key : `${path}.${key}`),
  );
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? 'by default' : JSON.stringify(value);
}
