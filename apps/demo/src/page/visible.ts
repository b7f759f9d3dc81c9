import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** Whether an element is on the screen, or soon will be: what is not seen need not be computed. */
export function useVisible(element: RefObject<Element | null>): boolean {
  const visible = useSignal(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      entries => {
        // Of several changes at once the last one holds.
        visible.value = entries.at(-1)!.isIntersecting;
      },
      { rootMargin: '200px' },
    );
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element, visible]);
  return visible.value;
}
