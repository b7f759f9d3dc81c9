export * from '@capsnet/core/configuration';
