import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { classification } from '../classifying/classification';
import { NothingYet } from '../classifying/nothing-yet';
import { ImageView } from '../figures/image-view';
import { formula as perturbedFormula } from '../formulas/perturbed.tex';
import { ask, networkState } from '../network/network-client';
import type { Sheet } from '../network/worker/inference';
import { download } from '../page/download';
import { Formula } from '../page/formula';
import { Panel } from '../page/panel';
import { chosenClass, decoded, isDecoding, offsets, perturbedClass, resetPerturbation } from './perturbation';
import { drawSheet } from './sheet';

/** Sliders for the dimensions of a capsule, and the paper's sheet of all of them. */
export function PerturbPanel() {
  return (
    <Panel
      id="perturb"
      title="Perturb its capsule"
      more={{ page: 'guides/perturbing', title: 'Perturbing' }}
      explanation={
        <>
          <p>
            Nobody told the network what the sixteen numbers of a capsule are for. Change one and see what the
            decoder draws: it may be the thickness of the stroke, its slant, the width of the digit, or the
            length of a tail.
          </p>
          <Formula formula={perturbedFormula} />
          <p>
            The sheet changes one dimension in each row, by −0.25 to 0.25 in steps of 0.05, as figure 4 of the{' '}
            <a href="https://arxiv.org/abs/1710.09829">paper</a> does.
          </p>
        </>
      }
    >
      <PerturbFigure />
    </Panel>
  );
}

function PerturbFigure() {
  const { value } = networkState;
  if (value.status === 'ready' && !value.network.hasDecoder) {
    return <p class="muted">This network has no decoder, so nothing can be drawn from its capsules.</p>;
  }
  if (classification.value === null) return <NothingYet />;
  const dims = value.status === 'ready' ? value.network.classDim : 16;
  const classes = classification.value.activations.length;
  return (
    <>
      <div class="perturb">
        <div class="perturbed" aria-busy={isDecoding.value}>
          <ImageView pixels={decoded.value} label="What the decoder draws" framed />
          <label>
            Capsule{' '}
            <select
              value={String(perturbedClass.value)}
              onChange={({ currentTarget }) => {
                chosenClass.value = Number(currentTarget.value);
              }}
            >
              {Array.from({ length: classes }, (_, label) => (
                <option key={label} value={label}>
                  {label}
                  {label === classification.value?.winner ? ' (predicted)' : ''}
                </option>
              ))}
            </select>
          </label>
          <button type="button" onClick={resetPerturbation}>
            Reset
          </button>
        </div>
        <div class="sliders">
          {Array.from({ length: dims }, (_, dim) => (
            <Slider key={dim} dim={dim} />
          ))}
        </div>
      </div>
      <SheetFigure />
    </>
  );
}

function Slider({ dim }: { readonly dim: number }) {
  const offset = offsets.value[dim] ?? 0;
  return (
    <label class="slider">
      <span class="name">{dim + 1}</span>
      <input
        type="range"
        min="-0.25"
        max="0.25"
        step="0.01"
        aria-label={`Dimension ${dim + 1}`}
        value={offset}
        onInput={({ currentTarget }) => {
          const next = [...offsets.value];
          next[dim] = currentTarget.valueAsNumber;
          offsets.value = Array.from(next, value => value ?? 0);
        }}
      />
      <span class="value">{offset.toFixed(2).replace('-', '−')}</span>
    </label>
  );
}

function SheetFigure() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const made = useSignal<(Sheet & { readonly of: Float32Array }) | null>(null);
  // That of another digit or capsule would be taken for this one's.
  const isOfThis =
    made.value?.of === classification.value?.image && made.value?.label === perturbedClass.value;
  const shown = isOfThis ? made.value : null;
  useLayoutEffect(() => {
    if (shown) drawSheet(canvas.current!, shown);
  }, [shown]);

  async function make() {
    const { value } = classification;
    const label = perturbedClass.value;
    if (!value || label === null || value.by.status !== 'ready') return;
    const { id } = value.by.network;
    const sheet = await ask(remote => remote.sheet(id, value.image, label));
    if (sheet) made.value = { ...sheet, of: value.image };
  }

  function save() {
    canvas.current?.toBlob(picture => picture && download(`capsule-${shown?.label}.png`, picture));
  }

  return (
    <div class="sheet">
      <div class="buttons">
        <button type="button" onClick={make}>
          {shown ? 'Make the sheet again' : 'Make the sheet of all dimensions'}
        </button>
        {shown && (
          <button type="button" onClick={save}>
            Download PNG
          </button>
        )}
      </div>
      {shown && (
        <figure>
          <canvas
            ref={canvas}
            role="img"
            aria-label={`Capsule ${shown.label}: all dimensions by ${shown.offsets.length} offsets, decoded`}
          />
          <figcaption>
            capsule {shown.label}: one dimension in each row, by the number of its slider, changed by −0.25 on
            the left to 0.25 on the right
          </figcaption>
        </figure>
      )}
    </div>
  );
}
