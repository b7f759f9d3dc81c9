export * from '@capsnet/backend';
