import { effect, signal } from '@preact/signals';
import { classification } from '../classifying/classification';
import { isDrawing } from '../drawing/subject';
import { latest } from '../network/latest';
import { ask, networkState } from '../network/network-client';
import type { RoutingView } from '../network/worker/routing-view';

/** A routing with the image that was routed. */
export interface ImageRouting extends RoutingView {
  readonly image: Float32Array;
}

/** How the classification came about; null as long as nobody looks. */
export const routing = signal<ImageRouting | null>(null);

/** Whether the panel is on the screen. */
export const isWatched = signal(false);

const route = latest(async (image: Float32Array) => {
  const view = await ask(remote => remote.route(image));
  if (view && classification.value) routing.value = { ...view, image };
});

/** Routes what was classified, once the pen is up and someone looks. */
export function routeSubject(): void {
  effect(() => {
    const { value } = classification;
    if (value === null) routing.value = null;
    else if (isWatched.value && !isDrawing.value && networkState.value.status === 'ready') route(value.image);
  });
}
