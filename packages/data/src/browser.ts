export { loadIdx } from './files/load-idx.browser';
export * from './index';
export { type BrowserImageSource, imagesFrom } from './pictures/images-from.browser';
