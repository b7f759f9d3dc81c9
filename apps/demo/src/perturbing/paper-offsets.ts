/** The paper's offsets: -.25, -.2 ... .25. The page itself has no tfjs, and so not core's. */
export const paperOffsets: readonly number[] = Array.from({ length: 11 }, (_, step) => (step - 5) / 20);
