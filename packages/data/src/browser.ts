export {
  type FolderFile,
  type LoadPicturesOptions,
  loadPictures,
} from './class-folders/load-pictures.browser';
export { loadIdx } from './files/load-idx.browser';
export { digitsFrom } from './handwriting/digits-from.browser';
export * from './index';
export { type BrowserImageSource, imagesFrom } from './pictures/images-from.browser';
