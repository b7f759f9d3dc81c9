/** The paper's network. What it does not state is as by default. */
export const paper = {};
