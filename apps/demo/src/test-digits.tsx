import { signal } from '@preact/signals';
import { ImageView } from './image-view';
import { type Digits, fetchDigits, pixelsPerImage } from './mnist';
import { say } from './notices';
import { subject } from './subject';

/** The first thousand test images, once someone asked for them. */
const digits = signal<Digits | null>(null);
/** How many times others were asked for. */
const turn = signal(0);

interface TestDigit {
  readonly index: number;
  readonly label: number;
  readonly pixels: Float32Array;
}

/** Ten digits of the test set to pick from, one of each class; they are fetched when they are asked for. */
export function TestDigits() {
  async function show() {
    try {
      if (digits.value) turn.value++;
      else digits.value = await fetchDigits(document.baseURI, 'test', 0);
    } catch (error) {
      say((error as Error).message);
    }
  }

  return (
    <div class="test-digits">
      {digits.value && (
        <ul>
          {tenDigits(digits.value, turn.value).map(digit => (
            <li key={digit.index}>
              <button
                type="button"
                class="thumbnail"
                aria-label={`Test image ${digit.index}, a ${digit.label}`}
                aria-pressed={subject.value.from === 'test' && subject.value.index === digit.index}
                onClick={() => {
                  subject.value = { from: 'test', ...digit };
                }}
              >
                <ImageView pixels={digit.pixels} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="quiet" onClick={show}>
        {digits.value ? 'Ten others' : 'or pick one from the test set'}
      </button>
    </div>
  );
}

/** The turn-th image of each class. */
function tenDigits({ images, labels }: Digits, turn: number): TestDigit[] {
  return Array.from({ length: 10 }, (_, label) => {
    const all = Array.from(labels.keys()).filter(index => labels[index] === label);
    const index = all[turn % all.length]!;
    const bytes = images.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage);
    return { index, label, pixels: Float32Array.from(bytes, byte => byte / 255) };
  });
}
