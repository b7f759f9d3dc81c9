import { fromEarlier } from '@capsnet/core';
import { isGroup, type Settings } from './settings';

const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  data: { squash: 'squeeze' },
  training: { ema: 'averageDecay', clip: 'clipNorm' },
};

/** A run's configuration, or a part of it, as today's names have it; those of earlier versions were others. */
export function settingsFromEarlier(settings: Settings): Settings {
  const sections = Object.entries(settings).map(([key, section]) => {
    if (key === 'model') return [key, fromEarlier(section)];
    const names = renamed[key];
    if (!names || !isGroup(section)) return [key, section];
    const today = Object.fromEntries(
      Object.entries(section).map(([name, value]) => [names[name] ?? name, value]),
    );
    // A folder was the only other set.
    return [key, key === 'data' && today.folder ? { set: 'idx', ...today } : today];
  });
  return Object.fromEntries(sections) as Settings;
}
