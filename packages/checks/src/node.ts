export { type FolderLock, FolderLocked, type FolderUser, folderUser, lockFolder } from './folder-lock';
