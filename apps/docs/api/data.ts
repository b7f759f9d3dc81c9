export * from '@capsnet/data';
