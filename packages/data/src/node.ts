export { findPictures } from './class-folders/find-pictures.node';
export { type LoadPicturesOptions, loadPictures, readPictures } from './class-folders/load-pictures.node';
export { loadIdx } from './files/load-idx.node';
export * from './index';
export { imagesFrom } from './pictures/images-from.node';
