import type { ConfusionMatrix } from '../evaluation/confusion-matrix';
import type { Evaluation, Misread } from '../evaluation/evaluation';

/** What `results.json` of a run says: the figures, and everything needed to get them again. */
export interface Results {
  readonly test: {
    readonly images: number;
    readonly accuracy: number;
    readonly error: number;
    readonly loss: number;
    readonly margin: number | undefined;
    readonly reconstruction: number | undefined;
    readonly mistakes: number;
    /** Undefined for pairs of digits. */
    readonly misread: readonly Misread[] | undefined;
    readonly confusion: ConfusionMatrix | undefined;
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
  /** Several when it was resumed under another. */
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

export function testFigures({ single, ...figures }: Evaluation): Results['test'] {
  return { ...figures, misread: single?.misread, confusion: single?.confusion };
}
