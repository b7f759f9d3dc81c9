import { type AnyNetwork, decodeNetwork, encodeNetwork } from '@capsnet/core';
import { decodeSafetensors } from '@capsnet/safetensors';
import writeFileAtomic from 'write-file-atomic';
import { parseJson } from '../files/json-file';
import { readFileOf } from '../files/read-file';
import { UsageError, withContext } from '../terminal/errors';

/** Thirty times the paper's network. */
const largest = 2 ** 30;

/** What a model file says beside the network: of the pictures that it was trained on. */
export interface Pictures {
  /** The names of the classes, by label; undefined if they have none. */
  readonly classes?: readonly string[] | undefined;
  /** How pictures of other sizes were fitted. */
  readonly fit: 'contain' | 'cover';
  /** Whether each showed one digit as MNIST has them: then a photograph of handwriting can be made into such images. */
  readonly areMnistDigits?: boolean | undefined;
}

export async function writeModel(
  file: string,
  net: AnyNetwork,
  { classes, fit, areMnistDigits }: Pictures = { fit: 'contain' },
): Promise<void> {
  const metadata = {
    ...(classes && { classes: JSON.stringify(classes) }),
    ...(fit !== 'contain' && { fit }),
    ...(areMnistDigits && { images: mnistDigits }),
  };
  await writeFileAtomic(file, Buffer.from(await encodeNetwork(net, metadata)));
}

/** @throws UsageError when the file is missing, damaged, or no model of this project's */
export async function readModel(
  file: string,
): Promise<{ readonly net: AnyNetwork; readonly pictures: Pictures }> {
  return withContext(`model ${file}`, async () => {
    const bytes = await readFileOf(file, largest);
    const net = decodeNetwork(bytes);
    return { net, pictures: picturesOf(decodeSafetensors(bytes).metadata, net.config.classes) };
  });
}

/** What the metadata says of the images of a network for single digits of MNIST. */
const mnistDigits = 'digits of MNIST';

function picturesOf(
  { classes, fit = 'contain', images }: Readonly<Record<string, string>>,
  count: number,
): Pictures {
  if (fit !== 'contain' && fit !== 'cover')
    throw new UsageError(`expected "fit" in the metadata to be contain or cover, found ${fit}`);
  if (classes === undefined) return images === mnistDigits ? { fit, areMnistDigits: true } : { fit };
  const names: unknown = parseJson(classes);
  if (!Array.isArray(names) || names.length !== count || !names.every(name => typeof name === 'string'))
    throw new UsageError(`expected ${count} names of classes in the metadata, found others`);
  return { classes: names, fit };
}
