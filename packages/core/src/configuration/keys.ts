import * as z from 'zod/mini';

/** A key that a configuration can have. */
export interface ConfigurationKey {
  /** `model.primary.kernelSize`; a place in a list is `*`, as in `model.convolutions.*.filters`. */
  readonly path: string;
  /** `integer`, `number`, `true or false`, `"out" or "in"` ... */
  readonly type: string;
  /** What it is where it is not stated; absent for a key that has to be stated. */
  readonly byDefault?: unknown;
  /** What it means. */
  readonly meaning: string;
  /** The kind of section that has it, where there are several: `routing.type "dynamic"`. */
  readonly only?: string;
}

/** What a schema is made of, as far as keys are concerned. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly defaultValue?: unknown;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string } } }[];
  readonly format?: string;
}

const definitionOf = (schema: z.core.$ZodType) => schema._zod.def as unknown as Definition;

/** Every key of a schema, in its order: what `--help` lists, misspelt keys are compared with, and pages are made of. */
export function configurationKeys(schema: z.core.$ZodType, path = '', only?: string): ConfigurationKey[] {
  const definition = definitionOf(bare(schema));
  switch (definition.type) {
    case 'object':
      return Object.entries(definition.shape!).flatMap(([key, inner]) =>
        keysOf(inner, path === '' ? key : `${path}.${key}`, only),
      );
    case 'array':
      return definitionOf(bare(definition.element!)).type === 'object'
        ? configurationKeys(definition.element!, `${path}.*`, only)
        : [];
    case 'union':
      return keysOfKinds(definition, path, only);
    default:
      return [];
  }
}

/** The key that tells the kinds apart, the keys that all of them share, and those of some. */
function keysOfKinds(
  { discriminator = 'type', options = [] }: Definition,
  path: string,
  only: string | undefined,
): ConfigurationKey[] {
  const prefix = path === '' ? '' : `${path}.`;
  const kinds = options.map(option => {
    const kind = definitionOf(bare(option)).shape![discriminator]!;
    const [own] = keysOf(kind, `${prefix}${discriminator}`, only) as [ConfigurationKey];
    const keys = configurationKeys(option, path, `${prefix}${discriminator} ${own.type}`);
    return { own, keys: keys.filter(key => key.path !== own.path) };
  });
  const all = kinds.flatMap(({ keys }) => keys);
  const isShared = (key: ConfigurationKey) => all.filter(other => isSame(key, other)).length === kinds.length;
  const shared = kinds[0]!.keys
    .filter(isShared)
    .map(({ only: _, ...key }) => (only === undefined ? key : { ...key, only }));
  const type = kinds.map(({ own }) => own.type).join(' or ');
  return [{ ...kinds[0]!.own, type }, ...shared, ...all.filter(key => !isShared(key))];
}

function isSame(a: ConfigurationKey, b: ConfigurationKey): boolean {
  return (
    a.path === b.path &&
    a.meaning === b.meaning &&
    JSON.stringify(a.byDefault) === JSON.stringify(b.byDefault)
  );
}

/** A key, and those below it. A section has no value of its own, but that it may be null. */
function keysOf(schema: z.core.$ZodType, path: string, only: string | undefined): ConfigurationKey[] {
  const below = configurationKeys(schema, path, only);
  const type = definitionOf(bare(schema)).type;
  if ((type === 'object' || type === 'union') && !isNullable(schema)) return below;
  const stated = definitionOf(schema);
  const key: ConfigurationKey = {
    path,
    type: typeName(schema),
    ...('defaultValue' in stated && { byDefault: stated.defaultValue }),
    meaning: z.globalRegistry.get(schema as z.ZodMiniType)?.description ?? '',
    ...(only !== undefined && { only }),
  };
  return [key, ...below];
}

/** The schema without default, null and the like around it. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType } = definitionOf(schema);
  return innerType ? bare(innerType) : schema;
}

/** Whether null may stand in the place of a schema's value. */
function isNullable(schema: z.core.$ZodType): boolean {
  const { type, innerType } = definitionOf(schema);
  return type === 'nullable' || (innerType !== undefined && isNullable(innerType));
}

function typeName(schema: z.core.$ZodType): string {
  return isNullable(schema) ? `${nameOfType(bare(schema))} or null` : nameOfType(bare(schema));
}

function nameOfType(schema: z.core.$ZodType): string {
  const definition = definitionOf(schema);
  const words = definition.values ?? (definition.entries && Object.values(definition.entries));
  if (words) return words.map(word => JSON.stringify(word)).join(' or ');
  if (definition.type === 'array') {
    const element = definitionOf(bare(definition.element!));
    return element.type === 'object' ? 'list' : `list of ${nameOfType(definition.element!)}s`;
  }
  if (definition.type === 'boolean') return 'true or false';
  if (definition.type === 'number') return definition.format === 'safeint' ? 'integer' : 'number';
  return definition.type;
}
