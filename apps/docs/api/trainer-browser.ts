export * from '@capsnet/trainer/browser';
