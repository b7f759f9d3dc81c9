export * from '@capsnet/core';
