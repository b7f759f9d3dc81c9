import { onMounted, onUnmounted, type Ref, type ShallowRef, shallowRef } from 'vue';

/** What figures compute with: the packages themselves, on the plain JavaScript backend, which starts at once. */
export interface Library {
  readonly tf: typeof import('@tensorflow/tfjs-core');
  readonly core: typeof import('@capsnet/core');
}

let loading: Promise<Library> | undefined;

/** The library of this page; it is loaded once. */
export function loadLibrary(): Promise<Library> {
  loading ??= (async () => {
    const [tf, core, { pickBackend }] = await Promise.all([
      import('@tensorflow/tfjs-core'),
      import('@capsnet/core'),
      import('@capsnet/backend'),
    ]);
    await pickBackend({ only: 'cpu' });
    return { tf, core };
  })();
  return loading;
}

/** The library, once the figure has come near the window. */
export function useLibrary(figure: Ref<HTMLElement | null>): ShallowRef<Library | undefined> {
  const library = shallowRef<Library>();
  useWhenSeen(figure, async () => {
    library.value = await loadLibrary();
  });
  return library;
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
