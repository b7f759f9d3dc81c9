import { TestDigits } from '../digits/test-digits';
import { DrawingPad } from '../drawing/drawing-pad';
import { image, subject } from '../drawing/subject';
import { ImageView } from '../figures/image-view';
import { formula as exponentialSquash } from '../formulas/exponential-squash.tex';
import { formula as squash } from '../formulas/squash.tex';
import { networkState } from '../network/network-client';
import { Formula } from '../page/formula';
import { Panel } from '../page/panel';
import { ClassActivations } from './class-activations';
import { classification, isPending } from './classification';
import { nothingYet } from './nothing-yet';

/** Draw, and see how the network classifies it. */
export function DrawPanel() {
  const { value } = classification;
  const state = networkState.value;
  const routing = state.status === 'ready' ? state.network.routing : 'dynamic';
  return (
    <Panel
      id="draw"
      title="Draw a digit"
      more={{ page: 'annotated/squash', title: 'Squash' }}
      explanation={
        <>
          {routing === 'em' ? (
            <p>
              For each digit from 0 to 9 there is a capsule: a pose, which says how the digit looks, and an
              activation between 0 and 1, which says how sure the network is that it is there.
            </p>
          ) : (
            <>
              <p>
                For each digit from 0 to 9 there is a capsule: sixteen neurons that together form a vector.
                The length of the vector is how sure the network is that the digit is there; its direction is
                how the digit looks.
              </p>
              <Formula formula={routing === 'self-attention' ? exponentialSquash : squash} />
              <p>
                The <em>squash</em> leaves the direction as it is and brings the length between 0 and 1.
              </p>
            </>
          )}
          <p>
            From the most active capsule alone, a decoder draws the digit again: what it draws is what the
            capsule holds.
          </p>
        </>
      }
    >
      <div class="draw" data-pending={isPending.value}>
        <div>
          <DrawingPad sheet={subject} name="Drawing pad" hint="Draw a digit" corner={value?.winner} />
          <TestDigits
            offer="or pick one from the test set"
            chosen={subject.value.from === 'test' ? [subject.value.index] : []}
            onChoose={digit => {
              subject.value = { from: 'test', ...digit };
            }}
          />
        </div>
        <div class="answer">
          <p class="verdict" aria-live="polite">
            {value ? (
              <>
                Prediction <strong id="winner">{value.winner}</strong>
              </>
            ) : (
              nothingYet('Nothing to classify yet')
            )}
          </p>
          <ClassActivations activations={value?.activations ?? null} winners={value ? [value.winner] : []} />
          <p class="time">{value ? `in ${value.milliseconds.toFixed(0)} ms` : ''}</p>
        </div>
        <div class="seen">
          <figure>
            <ImageView pixels={image.value} label="The digit as the network sees it" framed />
            <figcaption>what it sees, 28&nbsp;×&nbsp;28</figcaption>
          </figure>
          <figure>
            <ImageView
              pixels={value?.reconstruction ?? null}
              label="The digit as the decoder draws it"
              framed
            />
            <figcaption>what its capsule holds</figcaption>
          </figure>
        </div>
      </div>
    </Panel>
  );
}
