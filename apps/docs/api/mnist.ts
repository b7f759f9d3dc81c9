export * from '@capsnet/mnist';
