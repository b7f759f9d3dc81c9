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
const goldenImages = 300;
/** Pairs for the tests are made of so few images, since a page has no more of them. */
const goldenDigits = 10;

/**
 * All test images; up to 10,000 to judge by, those that the run held back or else training images; and the first test
 * images, for the tests to compare with.
 */
export async function imagesOf({
  data,
  training,
}: ImagesConfig): Promise<Record<'test' | 'validation' | 'golden', Images>> {
  const { train, test } = await loadMnist();
  const validation = data.all
    ? take(train, mostValidated)
    : splitValidation(train, { count: data.validation, seed: training.seed }).validation;
  const count = Math.min(mostValidated, validation.indices.length);
  return {
    test: inOrder(take(test, test.labels.length), data),
    validation: inOrder(take(validation, count), data),
    golden: inOrder(take(test, data.digits === 2 ? goldenDigits : goldenImages), data, goldenImages),
  };
}

/** As `capsnet evaluate` takes them: of pairs as many as there are images, unless it is said. */
function inOrder(
  images: Subset,
  { digits = 1, size, shift }: ImagesConfig['data'],
  count = images.indices.length,
): Images {
  const pairs = { batchSize, shift, size: size ?? undefined, seed: 1, pairs: count };
  return {
    count,
    batches: () =>
      digits === 1 ? evaluationBatches(images, { batchSize }) : multiMnistEvaluationBatches(images, pairs),
  };
}
