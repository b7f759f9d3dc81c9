import * as z from 'zod/mini';

// The words in which configurations are written. Each field states its check, its default and its meaning in one place;
// types, the command line's help and the documentation are made of that.

/** A whole number; above every image, filter and layer of this field, and the product of three of them is exact. */
export const size = z.int().check(z.gte(1), z.lte(65536));

export const finite = z.number();

export const positive = z.number().check(z.gt(0));

export const fraction = z.number().check(z.gte(0), z.lte(1));

/** Seeds of tfjs are whole numbers, and ours are multiplied by 1000. */
export const seed = z.int().check(z.gte(0), z.lte(2 ** 32 - 1));

/** A field with its default and what it means. */
export function field<T extends z.ZodMiniType>(type: T, byDefault: z.output<T>, meaning: string) {
  // A default is `undefined` in, value out: `z.output` of the field is that of its type.
  return z._default(type, byDefault as never).check(z.describe(meaning)) as z.ZodMiniDefault<T>;
}

/** A field that has to be stated. */
export function required<T extends z.ZodMiniType>(type: T, meaning: string): T {
  return type.check(z.describe(meaning)) as T;
}

/** Several fields under one key, each with its default; what is not stated of them is as by default. */
export function section<T extends z.ZodMiniType>(type: T, meaning: string) {
  return z.prefault(type, {} as never).check(z.describe(meaning)) as z.ZodMiniPrefault<T>;
}

/** The kind of a section that is one of several; what a section without it is of the first kind. */
export function kindByDefault<const Kind extends string>(kind: Kind, meaning: string) {
  const literal: z.ZodMiniOptional<z.ZodMiniLiteral<Kind>> = z.optional(z.literal(kind));
  return z._default(literal, kind as never).check(z.describe(meaning)) as z.ZodMiniDefault<typeof literal>;
}

/** A section that is of one of several kinds, each with a schema of its own, told apart by `key`. */
export function oneKindOf<const Kinds extends Several>(key: string, kinds: Kinds) {
  return z.discriminatedUnion(key, kinds.map(({ schema }) => schema) as unknown as SchemasOf<Kinds>);
}
type Several = readonly { readonly schema: z.core.$ZodTypeDiscriminable }[];
type SchemasOf<Kinds extends Several> = {
  -readonly [Index in keyof Kinds]: Kinds[Index]['schema'];
} & readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]];

/** Every property, to any depth, only to be read. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
