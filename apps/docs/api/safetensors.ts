export * from '@capsnet/safetensors';
