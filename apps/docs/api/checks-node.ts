export * from '@capsnet/checks/node';
