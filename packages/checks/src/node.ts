export { type FolderLock, FolderLocked, lockFolder } from './folder-lock';
