export * from '@capsnet/pretrained';
