import { mathml as squash } from '../formulas/squash.tex';
import { engine } from '../network/engine';
import { Formula } from '../page/formula';
import { ImageView } from '../page/image-view';
import { Lengths } from '../page/lengths';
import { Panel } from '../page/panel';
import { image, subject } from '../page/subject';
import { isPending, reading } from '../reading/reading';
import { DrawingPad } from './drawing-pad';
import { TestDigits } from './test-digits';

/** Draw, and see what the network reads. */
export function DrawPanel() {
  const { value } = reading;
  return (
    <Panel
      id="draw"
      title="Draw a digit"
      more={{ page: 'annotated/squash', title: 'Squash' }}
      explanation={
        <>
          <p>
            For each digit from 0 to 9 there is a capsule: sixteen neurons that speak together, as a vector.
            How long the vector is says how sure the network is that the digit is there; where it points says
            how the digit looks.
          </p>
          <Formula mathml={squash} />
          <p>
            <em>Squashing</em> keeps the direction and brings the length between 0 and 1. From the longest
            capsule alone, a decoder draws the digit again: what it draws is what the capsule holds.
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
                Read as <strong id="winner">{value.winner}</strong>
              </>
            ) : engine.value.status === 'failed' ? (
              'No network to read it'
            ) : (
              'Nothing to read yet'
            )}
          </p>
          <Lengths lengths={value?.lengths ?? null} winners={value ? [value.winner] : []} />
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
