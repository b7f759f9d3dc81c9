/** What `results.json` of a run says: the metrics, and everything needed to get them again. */
export interface Results {
  readonly test: {
    readonly images: number;
    readonly accuracy: number;
    readonly error: number;
    /** Means per image; undefined for what the network does not have. */
    readonly loss: number;
    readonly margin: number | undefined;
    readonly reconstruction: number | undefined;
    /** How many are misclassified; of pairs of digits, those of which either is. */
    readonly mistakes: number;
    /** Positions in the data set, with labels and predictions; undefined for pairs of digits. */
    readonly misclassified:
      | readonly { readonly index: number; readonly label: number; readonly prediction: number }[]
      | undefined;
    /** [label][prediction]; undefined for pairs of digits. */
    readonly confusion: readonly (readonly number[])[] | undefined;
  };
  /** Of the best weights; undefined when every image was trained on. */
  readonly validation:
    | { readonly loss: number; readonly accuracy: number; readonly step: number }
    | undefined;
  readonly epochs: number;
  readonly steps: number;
  readonly stopped: string;
  readonly command: string;
  readonly seed: { readonly model: number; readonly training: number };
  /** Of capsnet's own checkout; several when the run was resumed under another, undefined when it is installed. */
  readonly commit: string | undefined;
  /** When it was tested, ISO 8601. */
  readonly date: string;
  readonly backend: { readonly name: string; readonly device: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly parameters: number;
  /** Of training, interruptions not counted. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** The process's largest resident size, in bytes. */
  readonly peakMemory: number;
}
