export { FolderLocked, lockFolder } from './folder-lock';
