export { indexedDbStore } from './checkpoints/indexed-db-store';
