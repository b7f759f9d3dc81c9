import { onMounted, type Ref, ref, watch } from 'vue';

/**
 * Numbers that stand in the page's address, so that a link shows the figure as it is: `?squash=1.2,0.5`.
 *
 * @param initial what they are when the address does not say, or says something else than as many finite numbers
 */
export function useAddressState(name: string, initial: readonly number[]): Ref<number[]> {
  const state = ref([...initial]);
  onMounted(() => {
    const written = new URLSearchParams(location.search).get(name)?.split(',').map(Number) ?? [];
    if (written.length === initial.length && written.every(Number.isFinite)) state.value = written;
    watch(
      state,
      values => {
        const url = new URL(location.href);
        url.searchParams.set(name, values.map(value => Math.round(value * 1000) / 1000).join(','));
        history.replaceState(history.state, '', url.href.replaceAll('%2C', ','));
      },
      { deep: true },
    );
  });
  return state;
}
