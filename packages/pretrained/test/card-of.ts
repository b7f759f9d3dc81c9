import type { FileOfModel, ModelCard } from '../src/model-card';
import type { QuantisedFiles } from '../src/quantised';

/** Of a card, what loading a network needs. */
export async function cardOf({ weights, decoder }: QuantisedFiles): Promise<ModelCard> {
  return { files: { weights: await fileOf(weights), decoder: await fileOf(decoder!) } } as ModelCard;
}

async function fileOf(bytes: Uint8Array<ArrayBuffer>): Promise<FileOfModel> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return {
    bytes: bytes.length,
    sha256: Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join(''),
  };
}
