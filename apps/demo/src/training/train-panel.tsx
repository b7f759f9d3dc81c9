import { formatCount, formatDuration, formatRate } from '@capsnet/checks';
import { useSignal } from '@preact/signals';
import { formula as marginLoss } from '../formulas/margin-loss.tex';
import { useModel } from '../network/network-client';
import { download } from '../page/download';
import { Formula } from '../page/formula';
import { Panel } from '../page/panel';
import { CurveChart } from './curve-chart';
import { trainedFile, usesTrained } from './trained-network';
import {
  continueTraining,
  curve,
  failure,
  pauseTraining,
  progress,
  settings,
  startTraining,
  stopTraining,
  trainingState,
  unstored,
} from './training-client';
import { choices, networkSizes, type TrainingSettings } from './training-settings';

/** Train a network in the page. */
export function TrainPanel() {
  return (
    <Panel
      id="train"
      title="Train one here"
      more={{ page: 'annotated/training-loop', title: 'The training loop' }}
      explanation={
        <>
          <p>
            The capsule of the digit in the image should be longer than 0.9, all others shorter than 0.1. That
            is the margin loss:
          </p>
          <Formula formula={marginLoss} />
          <p>
            A small part of the squared error of the reconstruction is added, so that the capsule also holds
            what the digit looks like.
          </p>
          <p>
            Training runs in the background, also while the tab is hidden, in one tab at a time. It is stored
            in this browser: close the page, and continue another day. <code>capsnet evaluate</code> reads the
            weights file too.
          </p>
        </>
      }
    >
      <Settings />
      <Controls />
      {curve.value.newest !== null && (
        <div class="curves">
          <CurveChart title="Loss" of="loss" curve={curve.value} totalSteps={progress.value.totalSteps} />
          <CurveChart
            title="Accuracy"
            of="accuracy"
            curve={curve.value}
            totalSteps={progress.value.totalSteps}
          />
        </div>
      )}
      <WeightsFile />
    </Panel>
  );
}

function Settings() {
  const { status } = trainingState.value;
  const change = (changed: Partial<TrainingSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <fieldset class="settings" disabled={status !== 'none' && status !== 'over'}>
      <legend class="sr-only">Settings</legend>
      <label>
        Network
        <select
          value={settings.value.network}
          onChange={({ currentTarget }) =>
            change({ network: currentTarget.value as TrainingSettings['network'] })
          }
        >
          {Object.entries(networkSizes).map(([name, { title }]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <Choice name="images" title="Images" change={change} />
      <Choice name="epochs" title="Epochs" change={change} />
      <Choice name="batchSize" title="Batch size" change={change} />
      <Choice name="learningRate" title="Learning rate" change={change} />
      <Choice name="iterations" title="Routing iterations" change={change} />
    </fieldset>
  );
}

interface ChoiceProps {
  readonly name: keyof typeof choices;
  readonly title: string;
  change(changed: Partial<TrainingSettings>): void;
}

function Choice({ name, title, change }: ChoiceProps) {
  return (
    <label>
      {title}
      <select
        value={settings.value[name]}
        onChange={({ currentTarget }) => change({ [name]: Number(currentTarget.value) })}
      >
        {choices[name].map(value => (
          <option key={value} value={value}>
            {formatCount(value)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Controls() {
  const { value } = trainingState;
  const { step, totalSteps } = progress.value;
  return (
    <div class="controls">
      <div class="buttons">
        {value.status === 'none' && (
          <button type="button" class="primary" onClick={startTraining}>
            Train
          </button>
        )}
        {value.status === 'over' && <TrainAnother />}
        {value.status === 'running' && (
          <button type="button" onClick={pauseTraining}>
            Pause
          </button>
        )}
        {value.status === 'paused' && (
          <button type="button" class="primary" onClick={continueTraining}>
            Continue
          </button>
        )}
        {(value.status === 'running' || value.status === 'paused') && (
          <button type="button" onClick={stopTraining}>
            Stop
          </button>
        )}
        <label class="check">
          <input
            type="checkbox"
            checked={usesTrained.value}
            onChange={({ currentTarget }) => {
              usesTrained.value = currentTarget.checked;
            }}
          />
          use this network in the panels above while it trains
        </label>
      </div>
      <progress max={Math.max(1, totalSteps)} value={step} aria-label="Steps trained" />
      <p class="training-status" data-status={value.status}>
        {statusText()}
      </p>
      {unstored.value !== null && value.status !== 'none' && value.status !== 'elsewhere' && (
        <p class="notice unstored">
          This browser stores nothing more for this page ({unstored.value.replace(/\.+$/, '')}). Training goes
          on, and what was trained is gone when the page is closed: download the weights before.
        </p>
      )}
      {failure.value !== null && (
        <p class="notice" role="alert">
          Training stopped: {failure.value}.
        </p>
      )}
    </div>
  );
}

/** What was trained before is gone then, so it asks. */
function TrainAnother() {
  const isAsking = useSignal(false);
  if (!isAsking.value) {
    return (
      <button
        type="button"
        class="primary"
        onClick={() => {
          isAsking.value = true;
        }}
      >
        Train another
      </button>
    );
  }
  return (
    <>
      <p role="alert">
        It takes the place of the network that was trained here. Download that one to keep it.
      </p>
      <button type="button" class="primary" onClick={startTraining}>
        Replace it
      </button>
      <button
        type="button"
        onClick={() => {
          isAsking.value = false;
        }}
      >
        Cancel
      </button>
    </>
  );
}

function statusText(): string {
  const { value } = trainingState;
  const { step, totalSteps } = progress.value;
  const steps = `step ${formatCount(step)} of ${formatCount(totalSteps)}`;
  switch (value.status) {
    case 'none':
      return 'Nothing has been trained here yet.';
    case 'starting':
      return `${value.doing} …`;
    case 'running': {
      if (!value.pace) return `${steps}, on ${value.backend.name}`;
      const { imagesPerSecond, secondsLeft } = value.pace;
      return `${steps}, ${formatRate(imagesPerSecond)} on ${value.backend.name}, ${formatDuration(secondsLeft)} left`;
    }
    case 'pausing':
      return `${steps}, writing a checkpoint …`;
    case 'paused':
      return `paused after ${steps}`;
    case 'over':
      return `over, after ${steps}`;
    case 'elsewhere':
      return 'Another tab of this browser is training. Once it pauses, is done or is closed, you can go on here.';
  }
}

/** The one file of weights and configuration, out of the page and into it. */
function WeightsFile() {
  async function open(input: HTMLInputElement) {
    const [file] = input.files ?? [];
    if (file) await useModel({ file: new Uint8Array(await file.arrayBuffer()), title: file.name });
    // So that the same file can be chosen again.
    input.value = '';
  }
  const { value: trained } = trainedFile;
  return (
    <div class="buttons">
      <button
        type="button"
        disabled={!trained}
        onClick={() =>
          trained && download('capsnet.safetensors', new Blob([trained as Uint8Array<ArrayBuffer>]))
        }
      >
        Download the weights
      </button>
      <label class="button file">
        Open a weights file
        <input type="file" accept=".safetensors" onChange={({ currentTarget }) => void open(currentTarget)} />
      </label>
    </div>
  );
}
