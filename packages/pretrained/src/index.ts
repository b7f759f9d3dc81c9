export type { LoadOptions, LoadProgress } from './load-model';
export { loadPretrained, modelCards, type PretrainedName, pretrainedNames } from './load-pretrained';
export type { Figures, FileOfModel, Measured, ModelCard } from './model-card';
