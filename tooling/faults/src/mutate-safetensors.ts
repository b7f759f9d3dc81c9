import fc from 'fast-check';
import { jsonText, mutatedJson } from './mutate-json';

/** Files whose header was changed as JSON and whose length of the header fits it. */
export function mutatedSafetensors(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    ...files.map(file => mutatedJson([headerOf(file)]).map(header => withHeader(file, header))),
  );
}

export function headerOf(file: Uint8Array): Record<string, unknown> {
  return JSON.parse(Buffer.from(file.subarray(8, dataStart(file))).toString('utf8'));
}

export function withHeader(file: Uint8Array, header: unknown): Uint8Array {
  const json = Buffer.from(jsonText(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([length, json, file.subarray(dataStart(file))]));
}

function dataStart(file: Uint8Array): number {
  return 8 + Number(Buffer.from(file).readBigUInt64LE());
}
