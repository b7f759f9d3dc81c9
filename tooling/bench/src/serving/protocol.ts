/** What clients send to `POST /classify`: images of one channel, [image][row][column], in 0..1. */
export interface Asked {
  readonly images: readonly (readonly (readonly number[])[])[];
}

/** What a server answers, for each image. */
export interface Said {
  readonly predictions: readonly {
    /** The most active class first. */
    readonly classes: readonly number[];
    /** Of each class. */
    readonly scores: readonly number[];
  }[];
}
