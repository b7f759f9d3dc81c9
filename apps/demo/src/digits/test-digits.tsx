import type { ImageSet } from '@capsnet/data';
import { signal, useSignal } from '@preact/signals';
import { ImageView } from '../figures/image-view';
import { notify } from '../page/notices';
import { reasonOf } from '../page/reason-of';
import { fetchDigits, pixelsPerImage, type TestDigit } from './mnist-files';

/** The first thousand test images, once someone asked for them. */
const digits = signal<ImageSet | null>(null);
let fetching: Promise<ImageSet> | null = null;

interface TestDigitsProps {
  /** What asks for them. */
  readonly offer: string;
  /** Which of the test images are in use. */
  readonly chosen: readonly number[];
  readonly onChoose: (digit: TestDigit) => void;
}

/** Ten digits of the test set to pick from, one of each class; they are fetched when they are asked for. */
export function TestDigits({ offer, chosen, onChoose }: TestDigitsProps) {
  /** How many times others were asked for; null until some were. */
  const turn = useSignal<number | null>(null);

  async function show() {
    const next = turn.value === null ? 0 : turn.value + 1;
    try {
      fetching ??= fetchDigits(document.baseURI, 'test', 0);
      digits.value = await fetching;
      turn.value = next;
    } catch (error) {
      fetching = null;
      notify(reasonOf(error));
    }
  }

  return (
    <div class="test-digits">
      {digits.value && turn.value !== null && (
        <ul>
          {tenDigits(digits.value, turn.value).map(digit => (
            <li key={digit.index}>
              <button
                type="button"
                class="thumbnail"
                aria-label={`Test image ${digit.index}, a ${digit.label}`}
                aria-pressed={chosen.includes(digit.index)}
                onClick={() => onChoose(digit)}
              >
                <ImageView pixels={digit.pixels} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="quiet" onClick={show}>
        {turn.value === null ? offer : 'Ten others'}
      </button>
    </div>
  );
}

/** The turn-th image of each class. */
function tenDigits({ data, labels }: ImageSet, turn: number): TestDigit[] {
  return Array.from({ length: 10 }, (_, label) => {
    const all = Array.from(labels.keys()).filter(index => labels[index] === label);
    const index = all[turn % all.length]!;
    const bytes = data.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage);
    return { index, label, pixels: Float32Array.from(bytes, byte => byte / 255) };
  });
}
