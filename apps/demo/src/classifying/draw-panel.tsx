import { TestDigits } from '../digits/test-digits';
import { DrawingPad } from '../drawing/drawing-pad';
import { image, subject } from '../drawing/subject';
import { ImageView } from '../figures/image-view';
import { formula as squash } from '../formulas/squash.tex';
import { networkState } from '../network/network-client';
import { Formula } from '../page/formula';
import { Panel } from '../page/panel';
import { ClassActivations } from './class-activations';
import { classification, isPending } from './classification';

/** Draw, and see how the network classifies it. */
export function DrawPanel() {
  const { value } = classification;
  return (
    <Panel
      id="draw"
      title="Draw a digit"
      more={{ page: 'annotated/squash', title: 'Squash' }}
      explanation={
        <>
          <p>
            For each digit from 0 to 9 there is a capsule: sixteen neurons that together form a vector. The
            length of the vector is how sure the network is that the digit is there; its direction is how the
            digit looks.
          </p>
          <Formula formula={squash} />
          <p>
            The <em>squash</em> leaves the direction as it is and brings the length between 0 and 1. From the
            longest capsule alone, a decoder draws the digit again: what it draws is what the capsule holds.
          </p>
        </>
      }
    >
      <div class="draw" data-pending={isPending.value}>
        <div>
          <DrawingPad sheet={subject} name="Drawing pad" hint="Draw a digit" />
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
            ) : networkState.value.status === 'failed' ? (
              'No network to classify it'
            ) : (
              'Nothing to classify yet'
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
