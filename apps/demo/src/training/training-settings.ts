/** What someone may choose for a training in the page. */
export interface TrainingSettings {
  readonly network: keyof typeof networkSizes;
  /** Of routing. */
  readonly iterations: number;
  readonly learningRate: number;
  readonly batchSize: number;
  /** Training images, a multiple of 1,000. */
  readonly images: number;
  readonly epochs: number;
}

/** Networks with the paper's structure, and the paper's own; from one that learns within a minute on. */
export const networkSizes = {
  small: { title: 'small', filters: 16, channels: 4, decoder: [128, 256] },
  medium: { title: 'medium', filters: 32, channels: 8, decoder: [256, 512] },
  quarter: { title: 'a quarter of the paper’s width', filters: 64, channels: 8, decoder: [512, 1024] },
  paper: { title: 'the paper’s', filters: 256, channels: 32, decoder: [512, 1024] },
} as const;

export const defaultSettings: TrainingSettings = {
  network: 'small',
  iterations: 3,
  learningRate: 0.002,
  batchSize: 32,
  images: 5000,
  epochs: 3,
};

/** Images of the validation split: the first of the last thousand of MNIST's training images, which no training here uses. */
export const validationImages = 500;

export const choices = {
  iterations: [1, 2, 3, 5],
  learningRate: [0.0005, 0.001, 0.002, 0.005],
  batchSize: [16, 32, 64, 128],
  images: [1000, 5000, 20_000, 59_000],
  epochs: [1, 3, 10, 30],
} as const satisfies { readonly [Key in keyof TrainingSettings]?: readonly TrainingSettings[Key][] };
