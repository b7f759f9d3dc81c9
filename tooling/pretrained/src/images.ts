import {
  type BatchSource,
  evaluationBatches,
  type ImageBatch,
  loadMnist,
  type MultiMnistBatch,
  multiMnistEvaluationBatches,
  type Subset,
  splitValidation,
  take,
} from '@capsnet/mnist/node';

/** Of a run's configuration, what decides which images it saw. */
export interface ImagesConfig {
  readonly data: {
    /** 2 for MultiMNIST: then `size` and `shift` are those of its pairs. Runs older than that do not say it. */
    readonly digits?: number | undefined;
    readonly size?: number | null | undefined;
    readonly shift: number;
    readonly validation: number;
    readonly all: boolean;
  };
  readonly training: { readonly seed: number };
}

/** Images in an order of their own, which is the same each time. */
export interface Images {
  readonly count: number;
  batches(): BatchSource<ImageBatch | MultiMnistBatch>;
}

const batchSize = 128;
const mostValidated = 10_000;

/** All test images, and up to 10,000 to judge by: those that the run held back, or else training images. */
export async function imagesOf({
  data,
  training,
}: ImagesConfig): Promise<Record<'test' | 'validation', Images>> {
  const { train, test } = await loadMnist();
  const validation = data.all
    ? take(train, mostValidated)
    : splitValidation(train, { count: data.validation, seed: training.seed }).validation;
  const count = Math.min(mostValidated, validation.indices.length);
  return {
    test: inOrder(take(test, test.labels.length), data),
    validation: inOrder(take(validation, count), data),
  };
}

/** As `capsnet evaluate` takes them: of pairs as many as there are images. */
function inOrder(images: Subset, { digits = 1, size, shift }: ImagesConfig['data']): Images {
  return {
    count: images.indices.length,
    batches: () =>
      digits === 1
        ? evaluationBatches(images, { batchSize })
        : multiMnistEvaluationBatches(images, { batchSize, shift, size: size ?? undefined, seed: 1 }),
  };
}
