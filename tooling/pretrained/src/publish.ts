import { pickBackend } from '@capsnet/backend';
import { loadMnist, type Mnist, type Subset, splitValidation, take } from '@capsnet/mnist/node';
import type { Measured, ModelCard } from '@capsnet/pretrained';
import { decodeQuantised, encodeQuantised } from '@capsnet/pretrained/quantised';
import { cardPage } from './card-page';
import { describe } from './description';
import { fileOf, placesOf, write } from './published-files';
import { agreement, agreementOfBackends, errorOf, type Readings, read } from './readings';
import { readTrainedRun, type TrainedRun } from './trained-run';

/** Quantisation may cost so much of the validation error, as a fraction. */
const tolerance = 0.0002;
const mostValidated = 10_000;
const goldenImages = 300;

/**
 * Quantises the network of a finished run, measures it before and after, and writes it with its card into
 * `packages/pretrained`.
 *
 * @throws if quantisation costs too much, or two backends read what it has become differently; nothing is written then
 */
export async function publish(
  folder: string,
  name: string,
  tell: (line: string) => void,
): Promise<ModelCard> {
  const run = await readTrainedRun(folder);
  const data = await loadMnist();
  const test = take(data.test, data.test.labels.length);
  const validation = validationImages(run, data);

  await pickBackend({ only: 'native' });
  const trained = run.network();
  const files = await encodeQuantised(trained);
  if (!files.decoder) throw new Error(`${folder}: expected a network with a decoder`);
  const { config } = trained;
  const parameters = {
    all: parametersOf(trained.variables),
    decoder: parametersOf(trained.variables, name => name.startsWith('decoder')),
  };
  tell('measuring the trained weights');
  const float = { validation: await read(trained, validation), test: await read(trained, test) };
  trained.dispose();
  tell('measuring the quantised weights');
  const quantised = await readWith(files, 'native', { validation, test });
  tell('measuring them on wasm');
  const onWasm = await readWith(files, 'wasm', { test });

  const card: ModelCard = {
    name,
    description: describe(config),
    parameters,
    training: trainingOf(run, data),
    test: measured(float.test, quantised.test),
    validation: {
      ...measured(float.validation, quantised.validation),
      heldBack: !run.config.data.all,
    },
    backends: agreementOfBackends(quantised.test, onWasm.test),
    files: { weights: fileOf(files.weights), decoder: fileOf(files.decoder) },
    licence: 'MIT',
    dataLicence:
      'MNIST, by Yann LeCun, Corinna Cortes and Christopher J. C. Burges; CC BY-SA 3.0, as the documentation of Keras says',
  };
  demandFaithful(card);

  const places = placesOf(name);
  await write(
    places.golden,
    JSON.stringify({ float: firstRows(float.test), quantised: firstRows(quantised.test) }),
  );
  await write(places.weights, files.weights);
  await write(places.decoder, files.decoder);
  await write(places.page, cardPage(card));
  await write(places.card, `${JSON.stringify(card, null, 2)}\n`);
  return card;
}

/** Lengths of the capsules of the first images, for the tests to compare with: to six digits after the point. */
function firstRows({ lengths, classes }: Readings): number[][] {
  return Array.from({ length: goldenImages }, (_, image) =>
    Array.from(lengths.subarray(image * classes, (image + 1) * classes), length => Number(length.toFixed(6))),
  );
}

/** The images that the run held back, or else training images. */
function validationImages({ config }: TrainedRun, { train }: Mnist): Subset {
  if (config.data.all) return take(train, mostValidated);
  const { validation } = splitValidation(train, {
    count: config.data.validation,
    seed: config.training.seed,
  });
  return take(validation, Math.min(mostValidated, validation.indices.length));
}

async function readWith<Part extends string>(
  files: { weights: Uint8Array; decoder: Uint8Array | null },
  backend: 'native' | 'wasm',
  images: Readonly<Record<Part, Subset>>,
): Promise<Record<Part, Readings>> {
  await pickBackend({ only: backend });
  const network = decodeQuantised(files);
  const parts: [string, Readings][] = [];
  for (const [part, subset] of Object.entries<Subset>(images))
    parts.push([part, await read(network, subset)]);
  network.dispose();
  return Object.fromEntries(parts) as Record<Part, Readings>;
}

function parametersOf(
  variables: Readonly<Record<string, { size: number; trainable: boolean }>>,
  isCounted: (name: string) => boolean = () => true,
): number {
  return Object.entries(variables)
    .filter(([name, { trainable }]) => trainable && isCounted(name))
    .reduce((sum, [, { size }]) => sum + size, 0);
}

function trainingOf(
  { config: { data, training }, results }: TrainedRun,
  { train }: Mnist,
): ModelCard['training'] {
  const heldBack = data.all ? 0 : data.validation;
  const { command, seed, commit = null, epochs, steps, seconds, backend, date } = results;
  return {
    data: 'MNIST',
    images: Math.min(train.labels.length - heldBack, data.limit ?? Number.POSITIVE_INFINITY),
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

function measured(float: Readings, quantised: Readings): Measured {
  return {
    images: float.labels.length,
    float: { error: errorOf(float), loss: float.loss },
    quantised: { error: errorOf(quantised), loss: quantised.loss },
    agree: agreement(float, quantised),
  };
}

/** @throws if what is to be published is not what was trained */
export function demandFaithful({ validation, backends }: ModelCard): void {
  const worse = validation.quantised.error - validation.float.error;
  if (worse > tolerance) {
    throw new Error(
      `expected quantisation to cost at most ${100 * tolerance} points of validation error, found ${(100 * worse).toFixed(3)}`,
    );
  }
  if (backends.agree < backends.decided) {
    throw new Error(
      `expected native and wasm to agree on ${backends.decided} images that leave no doubt, found ${backends.agree}`,
    );
  }
}
