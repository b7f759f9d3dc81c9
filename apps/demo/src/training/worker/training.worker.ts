import { expose } from 'comlink';
import { training } from './training';

expose(training());
