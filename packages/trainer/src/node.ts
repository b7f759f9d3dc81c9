export { folderStore } from './checkpoints/folder-store';
export { FolderLocked, lockFolder } from './checkpoints/run-lock';
