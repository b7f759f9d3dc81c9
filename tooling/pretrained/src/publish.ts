import { pickBackend } from '@capsnet/backend';
import { formatPercent } from '@capsnet/checks';
import type { CapsNet } from '@capsnet/core';
import type { Measured, ModelCard } from '@capsnet/pretrained';
import { encodeQuantised } from '@capsnet/pretrained/quantised';
import { cardPage } from './card-page';
import { describe } from './description';
import { imagesOf } from './images';
import {
  agreement,
  agreementOfBackends,
  lengthsOf,
  type Predictions,
  predict,
  runOn,
  usualOn,
} from './predictions';
import { fileOf, placesOf, write } from './published-files';
import { readTrainedRun, type TrainedRun } from './trained-run';

/** Quantisation may cost so much of the validation error, as a fraction. */
const tolerance = 0.0002;

/**
 * Quantises the network of a finished run, measures it before and after, and writes it with its card into
 * `packages/pretrained`.
 *
 * @throws if quantisation costs too much, or two backends classify differently by what it has become; nothing is written then
 */
export async function publish(
  folder: string,
  name: string,
  tell: (line: string) => void,
): Promise<ModelCard> {
  const run = await readTrainedRun(folder);
  const images = await imagesOf(run.config);

  await pickBackend({ only: 'native' });
  const trained = run.network();
  const files = await encodeQuantised(trained);
  if (!files.decoder) throw new Error(`${folder}: expected a network with a decoder`);
  const { config } = trained;
  const parameters = {
    all: parametersOf(trained.variables),
    decoder: parametersOf(trained.variables, name => name.startsWith('decoder')),
  };
  const measure = async (network: CapsNet) => ({
    test: await predict(network, images.test),
    validation: await predict(network, images.validation),
    golden: await lengthsOf(network, images.golden),
  });
  tell('measuring the trained weights');
  const float = await measure(trained);
  trained.dispose();
  tell('measuring the quantised weights');
  const quantised = await runOn('native', files, measure);
  tell('measuring them on wasm');
  const onWasm = await runOn('wasm', files, network => predict(network, images.test));

  const card: ModelCard = {
    name,
    description: describe(config),
    parameters,
    training: trainingOf(run),
    test: measured(float.test, quantised.test),
    validation: {
      ...measured(float.validation, quantised.validation),
      heldBack: !run.config.data.all,
      ...(await runOn('native', files, network => usualOn(network, images.validation))),
    },
    backends: agreementOfBackends(quantised.test, onWasm),
    files: { weights: fileOf(files.weights), decoder: fileOf(files.decoder) },
    licence: 'MIT',
    dataLicence:
      'MNIST, by Yann LeCun, Corinna Cortes and Christopher J. C. Burges; CC BY-SA 3.0, as the documentation of Keras says',
  };
  demandFaithful(card, run.results.test);

  const places = placesOf(name);
  const golden = { float: rounded(float.golden), quantised: rounded(quantised.golden) };
  await write(places.golden, JSON.stringify(golden));
  await write(places.weights, files.weights);
  await write(places.decoder, files.decoder);
  await write(places.page, cardPage(card));
  await write(places.card, `${JSON.stringify(card, null, 2)}\n`);
  return card;
}

/** To six digits after the point. */
function rounded(lengths: readonly (readonly number[])[]): number[][] {
  return lengths.map(row => row.map(length => Number(length.toFixed(6))));
}

function parametersOf(
  variables: Readonly<Record<string, { size: number; trainable: boolean }>>,
  isCounted: (name: string) => boolean = () => true,
): number {
  return Object.entries(variables)
    .filter(([name, { trainable }]) => trainable && isCounted(name))
    .reduce((sum, [, { size }]) => sum + size, 0);
}

function trainingOf({ config: { data, training }, results }: TrainedRun): ModelCard['training'] {
  const heldBack = data.all ? 0 : data.validation;
  const { command, seed, commit, epochs, steps, seconds, backend, date } = results;
  return {
    data: data.digits === 2 ? 'MultiMNIST, pairs of digits of MNIST' : 'MNIST',
    images: Math.min(60_000 - heldBack, data.limit ?? Number.POSITIVE_INFINITY),
    heldBack,
    recipe: { data, training },
    command,
    seed,
    commit,
    epochs,
    samples: steps * training.batchSize,
    seconds,
    backend: `${backend.name} (${backend.device})`,
    date,
  };
}

function measured(float: Predictions, quantised: Predictions): Measured {
  const figures = ({ error, loss }: Predictions) => ({ error, loss });
  return {
    images: float.lengths.length,
    float: figures(float),
    quantised: figures(quantised),
    agree: agreement(float, quantised),
  };
}

/** @throws if what is to be published is not what was trained, or is not what its run tells */
export function demandFaithful(
  { test, validation, backends }: Pick<ModelCard, 'test' | 'validation' | 'backends'>,
  told: Pick<TrainedRun['results']['test'], 'error'>,
): void {
  if (Math.abs(test.float.error - told.error) > tolerance) {
    throw new Error(
      `expected the test error that the run tells, ${formatPercent(told.error)}, found ${formatPercent(test.float.error)}`,
    );
  }
  // Counted in images, for fractions are not exact.
  const more = Math.round((validation.quantised.error - validation.float.error) * validation.images);
  if (more > tolerance * validation.images) {
    throw new Error(
      `expected quantisation to cost at most ${formatPercent(tolerance)} of the validation images, found ${formatPercent(more / validation.images)}`,
    );
  }
  demandAgreement(backends);
}

/** @throws if native and wasm classify images differently that leave no doubt */
export function demandAgreement({ decided, agree }: ModelCard['backends']): void {
  if (agree === decided) return;
  throw new Error(
    `expected native and wasm to agree on the ${decided} images that leave no doubt, found ${decided - agree} that differ`,
  );
}
