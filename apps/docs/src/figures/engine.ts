import { onMounted, onUnmounted, type Ref, type ShallowRef, shallowRef } from 'vue';

/** What figures compute with: the packages themselves, on the plain JavaScript backend, which starts at once. */
export interface Engine {
  readonly tf: typeof import('@tensorflow/tfjs-core');
  readonly layers: typeof import('@tensorflow/tfjs-layers');
  readonly core: typeof import('@capsnet/core');
}

let loading: Promise<Engine> | undefined;

/** The engine of this page; it is loaded once. */
export function loadEngine(): Promise<Engine> {
  loading ??= (async () => {
    const [tf, layers, core, { pickBackend }] = await Promise.all([
      import('@tensorflow/tfjs-core'),
      import('@tensorflow/tfjs-layers'),
      import('@capsnet/core'),
      import('@capsnet/backend'),
    ]);
    await pickBackend({ only: 'cpu' });
    return { tf, layers, core };
  })();
  return loading;
}

/** The engine, once the figure has come near the window. */
export function useEngine(figure: Ref<HTMLElement | null>): ShallowRef<Engine | undefined> {
  const engine = shallowRef<Engine>();
  useWhenSeen(figure, async () => {
    engine.value = await loadEngine();
  });
  return engine;
}

/** Calls back once, when the element comes near the window. */
export function useWhenSeen(element: Ref<HTMLElement | null>, callback: () => void): void {
  let observer: IntersectionObserver | undefined;
  onMounted(() => {
    observer = new IntersectionObserver(
      entries => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer?.disconnect();
        callback();
      },
      { rootMargin: '300px' },
    );
    if (element.value) observer.observe(element.value);
  });
  onUnmounted(() => observer?.disconnect());
}
