/** Formulas, typeset by the build. */
declare module '*.tex' {
  export const formula: string;
}

/** MNIST in files of `size` images each, made by the build. */
declare module 'virtual:mnist-chunks' {
  interface ChunkFile {
    /** Below the page's address. */
    readonly file: string;
    /** Of its uncompressed bytes. */
    readonly sha256: string;
  }
  export const mnistChunks: {
    readonly size: number;
    readonly train: readonly ChunkFile[];
    readonly test: readonly ChunkFile[];
  };
}
