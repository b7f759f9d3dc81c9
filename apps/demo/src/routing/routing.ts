import { effect, signal } from '@preact/signals';
import { ask, engine } from '../network/engine';
import type { RoutingView } from '../network/worker/routing-view';
import { latest } from '../page/latest';
import { isDrawing } from '../page/subject';
import { reading } from '../reading/reading';

/** A routing with the image that was routed. */
export interface ImageRouting extends RoutingView {
  readonly image: Float32Array;
}

/** How the reading came about; null as long as nobody looks. */
export const routing = signal<ImageRouting | null>(null);

/** Whether the panel is on the screen. */
export const isWatched = signal(false);

const route = latest(async (image: Float32Array) => {
  const view = await ask(remote => remote.route(image));
  if (view && reading.value) routing.value = { ...view, image };
});

/** Routes what was read, once the pen is up and someone looks. */
export function keepRouting(): void {
  effect(() => {
    const { value } = reading;
    if (value === null) routing.value = null;
    else if (isWatched.value && !isDrawing.value && engine.value.status === 'ready') route(value.image);
  });
}
