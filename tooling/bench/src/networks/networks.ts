import { efficient } from './efficient';
import { paper } from './paper';

/** What is compared, by the names that the script in PyTorch has for them too. */
export const networks = { paper, efficient } as const;

export type NetworkName = keyof typeof networks;
