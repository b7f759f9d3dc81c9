export { folderStore } from './folder-store';
export { FolderLocked, lockFolder } from './run-lock';
