export { FolderLocked, lockFolder } from '@capsnet/checks/node';
export { folderStore } from './checkpoints/folder-store';
