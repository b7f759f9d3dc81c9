/**
 * Bytes in memory that no other thread shares, as `Blob` and `crypto.subtle` want them: `Uint8Array<ArrayBuffer>`, written so that
 * TypeScript before 5.7 reads it, too.
 */
export type Bytes = ReturnType<Uint8Array['slice']>;
