export { decodeSafetensors, type Safetensors } from './decode-safetensors';
export type { ArrayOf, Dtype, TensorData } from './dtype';
export { encodeSafetensors } from './encode-safetensors';
export type { TensorEntry } from './tensor-entry';
