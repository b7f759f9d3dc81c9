import { affnist } from './affnist';
import { cifar } from './cifar';
import { csv } from './csv';
import type { DataSet } from './data-set';
import { idx } from './idx';
import { mnist } from './mnist';
import { norb } from './norb';
import { numpy } from './numpy';
import { pictures } from './pictures';
import { usps } from './usps';

/** Every data set by its name, pictures last: any folder that has folders may be theirs. A new one is a file beside this one and a line here. */
export const dataSets = { mnist, idx, csv, numpy, cifar, norb, affnist, usps, pictures } satisfies Readonly<
  Record<string, DataSet>
>;
export type DataSetName = keyof typeof dataSets;
export const dataSetNames = Object.keys(dataSets) as [DataSetName, ...DataSetName[]];
