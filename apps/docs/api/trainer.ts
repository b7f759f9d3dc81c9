export * from '@capsnet/trainer';
