import { useLayoutEffect, useRef } from 'preact/hooks';
import { type Colour, figureColours } from '../figures/figure-colours';
import { theme } from '../page/theme';
import { pairSide } from './pair';

interface PairViewProps {
  /** Two of [36, 36] in 0..1, ink being 1. */
  readonly digits: readonly [first: Float32Array, second: Float32Array];
  readonly label: string;
}

/** Two digits over each other, each in its colour. */
export function PairView({ digits, label }: PairViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { more, less } = figureColours.value;
  const isDark = theme.value === 'dark';
  useLayoutEffect(
    () => drawPair(canvas.current!, digits, [more, less], isDark),
    [digits, more, less, isDark],
  );
  return (
    <canvas class="pair-view" ref={canvas} width={pairSide} height={pairSide} role="img" aria-label={label} />
  );
}

/** Inks take light away from white paper; on black paper they glow. Either way both are seen where they meet. */
function drawPair(
  canvas: HTMLCanvasElement,
  [first, second]: PairViewProps['digits'],
  [ofFirst, ofSecond]: readonly [Colour, Colour],
  isDark: boolean,
): void {
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(pairSide, pairSide);
  const left = (ink: number, colour: number) => 1 - ink * (isDark ? colour / 255 : 1 - colour / 255);
  first.forEach((ink, at) => {
    for (const part of [0, 1, 2] as const) {
      const light = left(ink, ofFirst[part]) * left(second[at]!, ofSecond[part]);
      picture.data[4 * at + part] = 255 * (isDark ? 1 - light : light);
    }
    picture.data[4 * at + 3] = 255;
  });
  context.putImageData(picture, 0, 0);
}
