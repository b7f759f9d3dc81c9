export * from '@capsnet/trainer/node';
