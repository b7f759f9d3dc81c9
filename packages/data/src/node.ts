export { loadIdx } from './files/load-idx.node';
export * from './index';
export { imagesFrom } from './pictures/images-from.node';
