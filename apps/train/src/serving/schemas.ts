import { notes } from '../evaluation/doubts';

/** Images that one request may hold: at their largest, 8 MB of numbers. */
const most = 256;

/** What may be asked for besides classes and scores. */
export const querySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    capsules: { type: 'boolean', default: false, description: 'the vectors of the class capsules too' },
    reconstruction: {
      type: 'boolean',
      default: false,
      description: 'what the decoder makes of the most active capsules too',
    },
    invert: { type: 'boolean', default: false, description: 'the images are dark ink on white paper' },
  },
} as const;

export const bodySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['images'],
  properties: {
    images: {
      type: 'array',
      minItems: 1,
      maxItems: most,
      description:
        'PNG files in base64, or numbers 0..1 as [height][width] or [height][width][channels]. They are resized to what the network sees, and keep their proportions.',
      items: { anyOf: [{ type: 'string' }, { type: 'array' }] },
    },
  },
} as const;

const numbers = { type: 'array', items: { type: 'number' } } as const;

export const answerSchema = {
  type: 'object',
  required: ['model', 'sure', 'predictions'],
  properties: {
    model: { type: 'string', description: 'the file or the name of the model' },
    sure: {
      type: 'number',
      description:
        'the score that nearly every image like those of the training reaches; below it, a class is `unsure`',
    },
    usualReconstructionError: {
      type: 'number',
      description:
        'the reconstruction error that nearly every image like those of the training keeps below; above it, a class is `unsure`. Missing without a decoder',
    },
    predictions: {
      type: 'array',
      description: 'one for each image, in their order',
      items: {
        type: 'object',
        required: ['classes', 'scores', 'notes'],
        properties: {
          classes: {
            type: 'array',
            items: { type: 'integer' },
            description:
              'the most active class, or the two most active ones by a network for two digits, the most active one first',
          },
          names: {
            type: 'array',
            items: { type: 'string' },
            description: 'the names of `classes`, if the network was trained on classes that have some',
          },
          scores: {
            ...numbers,
            description: 'of each class: the length of its capsule, or its probability: 0..1',
          },
          reconstructionError: {
            type: 'number',
            description:
              'how much what the decoder makes of the most active capsule differs from the image: the squares of the differences, summed',
          },
          notes: {
            type: 'array',
            items: { enum: notes },
            description:
              'why the classes may be wrong: little contrast, paper in place of ink, no class for sure, or an image unlike those of the training',
          },
          capsules: { type: 'array', items: numbers, description: '[class][dimension], if asked for' },
          reconstructions: {
            type: 'array',
            items: { type: 'string' },
            description: 'a PNG in base64 for each of `classes`, if asked for',
          },
        },
      },
    },
  },
} as const;

export const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string', description: 'what was expected, and what was found' } },
} as const;

/** What a request to classify may ask for. */
export interface Query {
  readonly capsules: boolean;
  readonly reconstruction: boolean;
  readonly invert: boolean;
}

/** A PNG, or several images of any form. */
export type Body = Buffer | { readonly images: readonly unknown[] };
