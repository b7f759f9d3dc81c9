export * from '@capsnet/checks';
