export { type FolderLock, FolderLocked, lockFolder } from '@capsnet/checks/node';
export { folderStore } from './checkpoints/folder-store';
export { type SummaryWriter, summaryWriter } from './tensorboard/summary-writer';
