export { type ThingName, thingNames } from './draw-things';
export { type HandName, handNames } from './hands';
export {
  type Example,
  type PhotographSet,
  photographOf,
  photographOfDigits,
  photographSet,
} from './photographs';
