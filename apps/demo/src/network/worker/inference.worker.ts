import { expose } from 'comlink';
import { inference } from './inference';

expose(inference());
