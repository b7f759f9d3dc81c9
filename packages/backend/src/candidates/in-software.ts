/** Renderers that compute on the processor, more slowly than wasm does. Not every browser counts them as such. */
export const inSoftware = /swiftshader|llvmpipe|softpipe|software|basic render/i;
