import { ClassActivations } from '../classifying/class-activations';
import { TestDigits } from '../digits/test-digits';
import { DrawingPad } from '../drawing/drawing-pad';
import { ImageView } from '../figures/image-view';
import { formula as marginLoss } from '../formulas/margin-loss.tex';
import { networkState } from '../network/network-client';
import { Formula } from '../page/formula';
import { Panel } from '../page/panel';
import { pair, pairImage, pairSide, pick } from './pair';
import { hasPairFailed, isPairPending, pairClassification } from './pair-classification';
import { PairView } from './pair-view';

/** Two digits over each other, and each of them drawn again apart. */
export function PairPanel() {
  const { value } = pairClassification;
  return (
    <Panel
      id="pair"
      title="Two digits at once"
      more={{ page: 'annotated/margin-loss', title: 'Margin loss' }}
      explanation={
        <>
          <p>
            Each capsule stands for its own digit only, so two of them can be long at once. The network here
            was trained on pairs of overlapping digits, <em>MultiMNIST</em>. Its prediction is the two most
            active capsules; the decoder draws each of them on its own, in its own colour.
          </p>
          <Formula formula={marginLoss} />
          <p>
            The loss looks at each capsule by itself: long if its digit is there, short if not. A stroke that
            both digits share belongs to both.
          </p>
        </>
      }
    >
      <div class="draw" data-pending={isPairPending.value}>
        <div>
          <DrawingPad sheet={pair} name="Drawing pad for two digits" hint="Draw two digits over each other" />
          <TestDigits
            offer="or pick two from the test set"
            chosen={pair.value.from === 'test' ? pair.value.digits.map(({ index }) => index) : []}
            onChoose={pick}
          />
        </div>
        <div class="answer">
          <p class="verdict" aria-live="polite">
            <Verdict />
          </p>
          <ClassActivations activations={value?.activations ?? null} winners={value?.classes ?? []} />
          <p class="time">{value ? `in ${value.milliseconds.toFixed(0)} ms` : ''}</p>
        </div>
        <div class="seen">
          <figure>
            <ImageView
              pixels={pairImage.value}
              width={pairSide}
              label="The two digits as the network sees them"
              framed
            />
            <figcaption>
              what it sees, {pairSide}&nbsp;×&nbsp;{pairSide}
            </figcaption>
          </figure>
          {value && (
            <figure>
              <PairView
                digits={value.reconstructions}
                label={`A ${value.classes[0]} and a ${value.classes[1]} as the decoder draws them`}
              />
              <figcaption>
                what its capsules hold: <span class="more">{value.classes[0]}</span> and{' '}
                <span class="less">{value.classes[1]}</span>
              </figcaption>
            </figure>
          )}
        </div>
      </div>
    </Panel>
  );
}

function Verdict() {
  if (hasPairFailed.value) return 'They could not be classified';
  if (pairClassification.value) {
    const [first, second] = pairClassification.value.classes;
    return (
      <>
        Prediction <strong class="more">{first}</strong> and <strong class="less">{second}</strong>
      </>
    );
  }
  if (networkState.value.status === 'failed') return 'No network to classify them';
  if (isPairPending.value) return 'Classifying …';
  return pair.value.from === 'test' && pair.value.digits.length === 1
    ? 'Pick another one'
    : 'Nothing to classify yet';
}
