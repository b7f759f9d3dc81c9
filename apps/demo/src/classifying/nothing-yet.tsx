import { image } from '../drawing/subject';
import { loading, loadingText, networkState } from '../network/network-client';

/** Why a panel has nothing to show yet: what is waited for. */
export function NothingYet() {
  return <p class="muted">{nothingYet('Draw a digit first.')}</p>;
}

/** @param blank what is said while nothing is drawn */
export function nothingYet(blank: string): string {
  if (networkState.value.status === 'failed') return 'There is no network to classify it.';
  if (image.value === null) return blank;
  if (networkState.value.status === 'ready') return 'Classifying …';
  return `Waiting for the network: ${loading.value ? loadingText(loading.value) : 'starting …'}`;
}
