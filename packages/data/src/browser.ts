export {
  type FolderFile,
  type LoadPicturesOptions,
  loadPictures,
} from './class-folders/load-pictures.browser';
export { loadIdx } from './files/load-idx.browser';
export * from './index';
export { type BrowserImageSource, imagesFrom } from './pictures/images-from.browser';
