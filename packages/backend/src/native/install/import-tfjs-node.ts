import { notImported } from '../../candidate';

/** @throws Error in one line when it is not installed, or does not load */
export async function importTfjsNode() {
  try {
    return await import('@tensorflow/tfjs-node');
  } catch (cause) {
    throw notImported('@tensorflow/tfjs-node', cause);
  }
}
