export type { LoadOptions, LoadProgress, ModelFile, ModelFiles } from './load-model';
export { loadPretrained, modelCards, type PretrainedName, pretrainedNames } from './load-pretrained';
export type { Figures, FileOfModel, Measured, ModelCard } from './model-card';
