/**
 * Mutants that no test can notice, and why: what they change makes no difference that anyone could see. They do not count.
 * @typedef {object} Explained
 * @property {string} module   from the folder `src` on
 * @property {string} line     as it stands in the source, without its indentation
 * @property {string} mutated  the same with the mutant
 * @property {string} why
 */

/** @type {Readonly<Record<string, readonly Explained[]>>} */
export const explained = { core: [], trainer: [], train: [] };
