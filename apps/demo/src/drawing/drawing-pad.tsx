import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Drawing, Point, Stroke } from './strokes';
import { isDrawing } from './subject';

/** Of the pen, in sides of the pad. */
const penWidth = 0.075;
const keyStep = 0.04;

const arrows: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface DrawingPadProps {
  /** Where the drawing is kept. What else can be there was not drawn here: the paper is blank then. */
  readonly sheet: { value: Drawing | { readonly from: 'test' } };
  readonly name: string;
  /** Stands on the paper as long as it is blank. */
  readonly hint: string;
  /** What was found so far, in the corner of the paper: on a phone the rest is out of sight. */
  readonly corner?: number | undefined;
}

/** Paper for mouse, finger and pen; with the keyboard, arrows move the pen and space puts it down or lifts it. */
export function DrawingPad({ sheet, name, hint, corner }: DrawingPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  /** The pointer that draws: a second finger, or a pen's other button, does not. */
  const drawing = useRef<number | null>(null);
  const pen = useSignal<{ readonly at: Point; readonly isDown: boolean } | null>(null);
  const { value } = sheet;
  const strokes = strokesOf(sheet);

  useLayoutEffect(() => {
    const paper = canvas.current!;
    // It is called once in the next frame too, before that is shown.
    const observer = new ResizeObserver(() => draw(paper, strokes, pen.value?.at ?? null));
    observer.observe(paper);
    return () => observer.disconnect();
  }, [strokes, pen.value]);

  function begin(event: PointerEvent) {
    if (event.button !== 0 || drawing.current !== null) return;
    drawing.current = event.pointerId;
    event.preventDefault();
    canvas.current!.setPointerCapture(event.pointerId);
    canvas.current!.focus({ preventScroll: true });
    pen.value = null;
    isDrawing.value = true;
    sheet.value = { from: 'pad', strokes: [...strokesOf(sheet), [pointOf(event, canvas.current!)]] };
  }

  function move(event: PointerEvent) {
    if (event.pointerId !== drawing.current) return;
    const events = event.getCoalescedEvents?.() ?? [];
    extend((events.length > 0 ? events : [event]).map(each => pointOf(each, canvas.current!)));
  }

  function end(event: PointerEvent) {
    if (event.pointerId !== drawing.current) return;
    drawing.current = null;
    isDrawing.value = false;
  }

  function extend(points: readonly Point[]) {
    const { value } = sheet;
    if (value.from !== 'pad') return;
    const last = value.strokes.at(-1) ?? [];
    sheet.value = { from: 'pad', strokes: [...value.strokes.slice(0, -1), [...last, ...points]] };
  }

  function undo() {
    const { value } = sheet;
    if (value.from === 'pad') sheet.value = { from: 'pad', strokes: value.strokes.slice(0, -1) };
  }

  function clear() {
    sheet.value = { from: 'pad', strokes: [] };
  }

  function press(event: KeyboardEvent) {
    const arrow = arrows[event.key];
    const at = pen.value?.at ?? { x: 0.5, y: 0.5 };
    if (arrow) {
      const to = { x: inside(at.x + keyStep * arrow[0]), y: inside(at.y + keyStep * arrow[1]) };
      const isDown = pen.value?.isDown ?? false;
      pen.value = { at: to, isDown };
      if (isDown) extend([to]);
    } else if (event.key === ' ') {
      const isDown = !(pen.value?.isDown ?? false);
      pen.value = { at, isDown };
      if (isDown) sheet.value = { from: 'pad', strokes: [...strokesOf(sheet), [at]] };
    } else if (event.key === 'Backspace' || (event.key === 'z' && (event.ctrlKey || event.metaKey))) {
      undo();
    } else if (event.key === 'Delete') {
      clear();
    } else {
      return;
    }
    event.preventDefault();
  }

  return (
    <div class="pad">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: its keys are its own, which is what the role says */}
      <canvas
        ref={canvas}
        class="ink paper"
        tabIndex={0}
        role="application"
        aria-label={`${name}. Arrow keys move the pen, space puts it down or lifts it, backspace takes the last stroke back.`}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onKeyDown={press}
        onBlur={() => {
          pen.value = null;
        }}
      />
      {strokes.length === 0 && <p class="hint">{hint}</p>}
      {/* Spoken beside the bars. */}
      {corner !== undefined && (
        <p class="corner" aria-hidden="true">
          {corner}
        </p>
      )}
      <div class="buttons">
        <button type="button" onClick={undo} disabled={strokes.length === 0}>
          Undo
        </button>
        <button type="button" onClick={clear} disabled={strokes.length === 0 && value.from === 'pad'}>
          Clear
        </button>
      </div>
    </div>
  );
}

const noStrokes: readonly Stroke[] = [];

/** Now, and not as of the last time that the page was drawn. */
function strokesOf({ value }: DrawingPadProps['sheet']): readonly Stroke[] {
  return value.from === 'pad' ? value.strokes : noStrokes;
}

function inside(position: number): number {
  return Math.min(1, Math.max(0, position));
}

function pointOf({ clientX, clientY }: PointerEvent, paper: HTMLCanvasElement): Point {
  const { left, top, width, height } = paper.getBoundingClientRect();
  return { x: inside((clientX - left) / width), y: inside((clientY - top) / height) };
}

function draw(paper: HTMLCanvasElement, strokes: readonly Stroke[], pen: Point | null): void {
  const side = Math.round(paper.clientWidth * devicePixelRatio);
  if (paper.width !== side) [paper.width, paper.height] = [side, side];
  const context = paper.getContext('2d')!;
  context.clearRect(0, 0, side, side);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = penWidth * side;
  for (const stroke of strokes) {
    context.beginPath();
    // A line from a point to itself draws a dot.
    for (const { x, y } of [stroke[0]!, ...stroke]) context.lineTo(x * side, y * side);
    context.stroke();
  }
  if (!pen) return;
  context.beginPath();
  context.arc(pen.x * side, pen.y * side, (penWidth * side) / 2 + 2, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.stroke();
}
