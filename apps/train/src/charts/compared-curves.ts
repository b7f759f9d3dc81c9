import { type Curve, drawCurves } from './curves';
import { type Measured, pointsOf } from './learning-curves';

export interface ComparedRun {
  readonly name: string;
  readonly measurements: readonly Measured[];
  readonly stepsPerEpoch: number;
}

/** Of Okabe and Ito (2008): apart for colour-blind readers. The ninth run has the first colour again. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];

/** An SVG picture of several runs: of each its validation, or its training where it has none. */
export function drawComparedCurves(runs: readonly ComparedRun[]): string {
  const curves = runs.map(({ name, measurements, stepsPerEpoch }, index): Curve => {
    const { training, validation } = pointsOf(measurements, stepsPerEpoch);
    const isValidated = validation.length > 0;
    return {
      name: isValidated ? name : `${name} (training)`,
      colour: colours[index % colours.length]!,
      points: isValidated ? validation : training,
      dots: isValidated,
    };
  });
  const epochs = runs.map(
    ({ measurements, stepsPerEpoch }) => (measurements.at(-1)?.step ?? stepsPerEpoch) / stepsPerEpoch,
  );
  return drawCurves(
    { title: 'Runs compared', subtitle: 'validation after each evaluation, by epoch' },
    curves,
    Math.max(...epochs),
  );
}
