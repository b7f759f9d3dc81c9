export { findPictures } from './class-folders/find-pictures.node';
export { type LoadPicturesOptions, loadPictures, readPictures } from './class-folders/load-pictures.node';
export { loadIdx } from './files/load-idx.node';
export { digitsFrom } from './handwriting/digits-from.node';
export * from './index';
export { decodePicture } from './pictures/decode-picture.node';
export { imagesFrom } from './pictures/images-from.node';
