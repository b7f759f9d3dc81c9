import { formatCount, formatDuration, formatPercent } from '@capsnet/checks';
import type { Figures, FileOfModel, Measured, ModelCard } from '@capsnet/pretrained';

/** A model card as a Markdown page. */
export function cardPage({
  name,
  description,
  parameters,
  training,
  test,
  validation,
  backends,
  files,
  licence,
  dataLicence,
}: ModelCard): string {
  const { seed } = training;
  const judged = validation.heldBack
    ? 'images held back from training'
    : 'training images, since none were held back';
  const [images, contenders] =
    training.recipe.data?.digits === 2
      ? ['pairs of MultiMNIST, right only if both digits are', 'second and third longest capsules']
      : [
          `${training.recipe.data?.test === 'affine' ? 'affine ' : ''}images of MNIST`,
          'two longest capsules',
        ];
  const drawn =
    validation.usualReconstructionError === undefined
      ? ''
      : `, and as many are drawn by the decoder with a squared error of at most ${validation.usualReconstructionError}`;
  return `# ${name}

A capsule network that reads digits: \`${description}\`, of [\`@capsnet/core\`](../../../core).
${formatCount(parameters.all)} parameters, ${formatCount(parameters.decoder)} of them the decoder's.

**${formatPercent(test.quantised.error)} test error** on ${formatCount(test.images)} ${images}, as published; ${formatPercent(test.float.error)} before quantisation.

## Training

| | |
|---|---|
| data | ${training.data}: ${formatCount(training.images)} images, ${formatCount(training.heldBack)} held back |
| command | \`${training.command}\` |
| seed | ${seed.model} of the first weights, ${seed.training} of order and changes of the images |
| commit | ${training.commit} |
| epochs | ${training.epochs}, ${formatCount(training.samples)} images seen |
| wall time | ${formatDuration(training.seconds)} on ${training.backend} |
| finished | ${training.date} |

The command sets what follows, and the network; \`all\` leaves \`validation\` and \`patience\` without effect:

\`\`\`json
${JSON.stringify(training.recipe, null, 2)}
\`\`\`

## Quantisation

| images | | error | loss | predictions |
|---|---|---|---|---|
${rows(`${formatCount(test.images)} test images`, test)}
${rows(`${formatCount(validation.images)} ${judged}`, validation)}

Of those of the second set that are read rightly, all but 1 in 100 have a capsule of at least ${validation.usualScore}${training.recipe.data?.digits === 2 ? ' for both digits' : ''}${drawn}.

Quantisation was judged on the second set, not on the test images. Native and wasm agree on ${formatCount(backends.agree)} of the
${formatCount(backends.decided)} test images whose ${contenders} differ by more than .001.

| file | bytes | SHA-256 |
|---|---|---|
${row('weights.safetensors', files.weights)}
${row('decoder.safetensors', files.decoder)}

## Licence

The weights: ${licence}. The data: ${dataLicence}.

This page is written by \`npm run pretrained\`.
`;
}

function rows(images: string, { images: all, float, quantised, agree }: Measured): string {
  const figures = ({ error, loss }: Figures) => `${formatPercent(error)} | ${loss.toFixed(5)}`;
  return [
    `| ${images} | trained | ${figures(float)} | |`,
    `| | published | ${figures(quantised)} | ${formatCount(agree)} of ${formatCount(all)} as before |`,
  ].join('\n');
}

function row(name: string, { bytes, sha256 }: FileOfModel): string {
  return `| ${name} | ${formatCount(bytes)} | \`${sha256}\` |`;
}
