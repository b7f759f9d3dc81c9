export { annotatedSources } from './annotated-sources';
export { formulas } from './formulas';
export { type Step, stepsOf } from './steps';
export { type Symbols, withSymbols } from './symbols';
