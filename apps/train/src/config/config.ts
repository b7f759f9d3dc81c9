import { readFile } from 'node:fs/promises';
import { efficientConfig, labmlConfig, paperConfig, smallCnnConfig } from '@capsnet/core';
import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { blamingInput, UserError } from '../terminal/user-error';
import {
  type CapsNetRunConfig,
  type CnnRunConfig,
  cnnRunConfigSchema,
  type RunConfig,
  runConfigSchema,
} from './config-schema';

/** What a user states of a configuration: any part of it. Unchecked. */
export type Settings = { readonly [key: string]: unknown };

export const presetNames = ['paper', 'labml', 'efficient', 'cnn'] as const;
export type PresetName = (typeof presetNames)[number];

const paper: CapsNetRunConfig = {
  model: mutable(paperConfig),
  data: {
    folder: null,
    prefix: null,
    digits: 1,
    size: null,
    shift: 2,
    rotation: 0,
    rotationProbability: 1,
    scale: 0,
    squash: 0,
    shear: 0,
    erase: 0,
    eraseProbability: 1,
    test: 'plain',
    limit: null,
    validation: 5000,
    all: false,
  },
  training: {
    epochs: 30,
    batchSize: 128,
    // The authors' exponential fall was made for 640 epochs. This one ends low after however many there are.
    learningRate: {
      schedule: 'cosine',
      initial: 1e-3,
      factor: 0.96,
      every: 2000,
      final: 1e-5,
    },
    ema: null,
    clip: null,
    patience: 20,
    validationsPerEpoch: 2,
    checkpointEvery: null,
    keepCheckpoints: 2,
    histogramsEvery: 100,
    seed: 1,
  },
  backend: null,
};

/** labml's experiment: batches of 64, a constant rate, 10 epochs validated five times each, images as they are. */
const labml: CapsNetRunConfig = {
  ...paper,
  model: mutable(labmlConfig),
  data: { ...paper.data, shift: 0 },
  training: {
    ...paper.training,
    epochs: 10,
    batchSize: 64,
    learningRate: { ...paper.training.learningRate, schedule: 'constant' },
    patience: null,
    validationsPerEpoch: 5,
  },
};

/**
 * Efficient-CapsNet, with its authors' changes of the images: half of them are turned. Batches of 128 instead of 16, which
 * take two thirds of the time, and the mean weights.
 */
const efficient: CapsNetRunConfig = {
  ...paper,
  model: mutable(efficientConfig),
  data: { ...paper.data, rotation: 30, rotationProbability: 0.5, squash: 0.2, erase: 4 },
  training: { ...paper.training, ema: 0.999 },
};

/** A network without capsules of as many parameters as CapsNet, trained in the same way. */
const cnn: CnnRunConfig = { ...paper, model: mutable(smallCnnConfig) };

export const presets = { paper, labml, efficient, cnn } satisfies Readonly<Record<PresetName, RunConfig>>;

/** @throws UserError when the file is missing, is not JSON, or is not an object */
export async function readSettings(file: string): Promise<Settings> {
  return blamingInput(`configuration ${file}`, async () => {
    const settings: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isGroup(settings))
      throw new UserError(`configuration ${file}: expected an object, found ${show(settings)}`);
    return settings;
  });
}

/**
 * `model.classDim=8` as settings. The value is JSON, or else text. A number in a path is a place in a list:
 * `model.convolutions.0.filters=64`.
 *
 * @throws UserError when there is no `=` or no path
 */
export function parseAssignment(assignment: string): Settings {
  const at = assignment.indexOf('=');
  const path = assignment.slice(0, Math.max(at, 0)).split('.');
  if (path.some(key => key === '')) throw new UserError(`--set ${assignment}: expected a.b=value`);
  const value = parseValue(assignment.slice(at + 1));
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Settings;
}

function parseValue(text: string): unknown {
  // JSON knows neither .5 nor 5. nor +5.
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * `base` with what the settings state, the later ones winning. Groups are merged key by key; every other value, a list
 * too, is replaced as a whole.
 *
 * @throws UserError that names the path, the expected and the found, and for an unknown key the nearest known one
 */
export function resolveConfig<Config extends RunConfig>(
  base: Config,
  ...settings: readonly Settings[]
): Config {
  const merged = settings.reduce<unknown>(merge, base);
  const schema = 'dense' in base.model ? cnnRunConfigSchema : runConfigSchema;
  // A preset without a decoder must still know its keys.
  return conform<RunConfig>(schema, merged, 'configuration', [
    ...paths(presets.paper),
    ...paths(base),
  ]) as Config;
}

/**
 * The configuration of a run, as its file has it. What the version that wrote it did not know yet is as in the preset of
 * its kind of network.
 *
 * @throws UserError as `resolveConfig` does
 */
export function storedConfig(stored: unknown): RunConfig {
  const isCnn = isGroup(stored) && isGroup(stored.model) && 'dense' in stored.model;
  return resolveConfig(isCnn ? presets.cnn : presets.paper, stored as Settings);
}

/**
 * A value from outside, as the schema says.
 *
 * @param subject what the value is, as a whole
 * @param known the path of every key that it may have, for who misspells one
 * @throws UserError that names the path, the expected and the found, and for an unknown key the nearest known one
 */
export function conform<T>(
  schema: z.ZodType<T>,
  value: unknown,
  subject: string,
  known: readonly string[],
): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const [first, ...others] = result.error.issues.map(issue => explain(issue, subject, known));
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new UserError(`${first}${more}`);
}

export function merge(base: unknown, given: unknown): unknown {
  if (!isGroup(given)) return given;
  const entries = Object.entries(given);
  if (Array.isArray(base) && entries.every(([key]) => /^\d+$/.test(key))) {
    const list = [...base];
    for (const [key, value] of entries) {
      if (Number(key) > list.length)
        throw new UserError(`expected a place up to ${list.length}, found ${key}`);
      list[Number(key)] = merge(list[Number(key)], value);
    }
    return list;
  }
  if (!isGroup(base)) return given;
  // fromEntries defines own properties: a key named __proto__ is an unknown key like any other.
  return Object.fromEntries([
    ...Object.entries(base),
    ...entries.map(([key, value]) => [key, Object.hasOwn(base, key) ? merge(base[key], value) : value]),
  ]);
}

function explain(issue: z.core.$ZodIssue, subject: string, known: readonly string[]): string {
  const path = issue.path.join('.') || subject;
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...issue.path, issue.keys[0]!].join('.');
    return `unknown ${subject} key ${unknown}: did you mean ${nearestKey(unknown, known)}?`;
  }
  return `${path}: expected ${expectation(issue)}, found ${show(issue.input)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int'
        ? 'an integer'
        : `${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${units[issue.origin] ?? ''}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

/** What the size of a value is counted in, where it is not the value itself. */
const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/** Nearest by the whole path or, when the user gave only its end, by that. */
function nearestKey(unknown: string, known: readonly string[]): string {
  const sameEnd = known.filter(path => lastKey(path).toLowerCase() === lastKey(unknown).toLowerCase());
  return closest(unknown, sameEnd.length > 0 ? sameEnd : known);
}

function paths(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [prefix + key, ...paths(inner, `${prefix}${key}.`)]);
}

function lastKey(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** The first path at which two configurations differ, with both values. */
export function firstDifference(
  a: unknown,
  b: unknown,
  path = '',
): { path: string; a: unknown; b: unknown } | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return a === b ? undefined : { path, a, b };
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = firstDifference(
      (a as Settings)[key],
      (b as Settings)[key],
      path === '' ? key : `${path}.${key}`,
    );
    if (difference) return difference;
  }
  return undefined;
}

export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  // Of any size and depth, which JSON.stringify is not made for.
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isGroup(value)) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function isGroup(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mutable<T>(value: T): Mutable<T> {
  return structuredClone(value) as Mutable<T>;
}
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
