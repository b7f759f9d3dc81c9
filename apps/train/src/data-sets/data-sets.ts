import type { DataSet } from './data-set';
import { idx } from './idx';
import { mnist } from './mnist';

/** Every data set by its name. A new one is a file beside this one and a line here. */
export const dataSets = { mnist, idx } satisfies Readonly<Record<string, DataSet>>;
export type DataSetName = keyof typeof dataSets;
export const dataSetNames = Object.keys(dataSets) as [DataSetName, ...DataSetName[]];
