/** What a network is, how it was trained and how well it classifies: written when it was published, by measuring. */
export interface ModelCard {
  readonly name: string;
  /** What sort of network, in a sentence that its configuration was turned into. */
  readonly description: string;
  /** Trained parameters: all of them, and those of the decoder. */
  readonly parameters: { readonly all: number; readonly decoder: number };
  readonly training: {
    /** The data set, how many of its images were trained on, and how many were held back to choose by. */
    readonly data: string;
    readonly images: number;
    readonly heldBack: number;
    /** The `data` and `training` of the run's configuration. */
    readonly recipe: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly command: string;
    readonly seed: { readonly model: number; readonly training: number };
    /** Of this project, while it was trained. */
    readonly commit: string;
    readonly epochs: number;
    /** Images seen in all epochs together. */
    readonly samples: number;
    /** Wall time without interruptions. */
    readonly seconds: number;
    readonly backend: string;
    /** When the training ended, ISO 8601. */
    readonly date: string;
  };
  /** On the 10,000 test images, or as many pairs of them. */
  readonly test: Measured;
  /** By which quantisation was judged. */
  readonly validation: Measured & {
    /** Whether they were held back from training; else they are training images. */
    readonly heldBack: boolean;
    /** The length that the capsule of the class has in all but 1 in 100 of those that the published weights read rightly. */
    readonly usualScore: number;
    /**
     * The error of reconstruction that all but 1 in 100 of the same keep below: the squares of its differences from the image, summed. Undefined
     * of pairs of digits.
     */
    readonly usualReconstructionError?: number;
  };
  /**
   * Test images whose two longest capsules differ by more than 1e-3 (of pairs of digits, the second and the third longest),
   * and of those the ones that wasm classifies as native does.
   */
  readonly backends: { readonly decided: number; readonly agree: number };
  readonly files: {
    readonly weights: FileOfModel;
    /** A file of its own, not needed to classify. */
    readonly decoder: FileOfModel;
  };
  readonly licence: string;
  readonly dataLicence: string;
}

/** The same images through the trained float32 weights and through the published ones. */
export interface Measured {
  readonly images: number;
  readonly float: Figures;
  readonly quantised: Figures;
  /** How many images both read alike. */
  readonly agree: number;
}

export interface Figures {
  /** Misread images, as a fraction. */
  readonly error: number;
  /** Mean per image. */
  readonly loss: number;
}

export interface FileOfModel {
  readonly bytes: number;
  /** In lower-case hexadecimal; checked when the file is loaded. */
  readonly sha256: string;
}
