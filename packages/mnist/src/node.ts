export * from './index';
export { loadMnist } from './load-mnist.node';
