export {
  findPictures,
  type PictureFile,
  type PictureFolder,
} from './class-folders/find-pictures.node';
export {
  type LoadPicturesOptions,
  loadPictures,
  type PictureSets,
  type ReadPicturesOptions,
  readPictures,
} from './class-folders/read-pictures.node';
export { loadIdx } from './files/load-idx.node';
export * from './index';
export { imagesFrom } from './pictures/images-from.node';
