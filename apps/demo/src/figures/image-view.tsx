import { useLayoutEffect, useRef } from 'preact/hooks';

interface ImageViewProps {
  /** [height, width] in 0..1, ink being 1; null for blank paper. */
  readonly pixels: Float32Array | null;
  /** Default 28. */
  readonly width?: number;
  /** What it shows, for who cannot see it; none where the words around say it. */
  readonly label?: string;
  /** Whether the paper shows. */
  readonly framed?: boolean;
}

/** An image as ink on paper. */
export function ImageView({ pixels, width = 28, label, framed = false }: ImageViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const height = pixels ? pixels.length / width : width;
  useLayoutEffect(() => drawInk(canvas.current!, pixels, width), [pixels, width]);
  const spoken =
    label === undefined ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': label };
  return (
    <canvas class={framed ? 'ink tile' : 'ink'} ref={canvas} width={width} height={height} {...spoken} />
  );
}

/** Ink is black and as dense as the image says; the page's style turns it white on dark paper. */
function drawInk(canvas: HTMLCanvasElement, pixels: Float32Array | null, width: number): void {
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!pixels) return;
  const picture = context.createImageData(width, pixels.length / width);
  pixels.forEach((value, at) => {
    picture.data[4 * at + 3] = 255 * value;
  });
  context.putImageData(picture, 0, 0);
}
