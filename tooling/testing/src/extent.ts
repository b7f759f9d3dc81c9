/** Whether `npm run test:faults` asks for everything; `npm test` does a quick part of it. */
export const isFull = process.env.CAPSNET_TESTS === 'full';

/** How often: in full, or in the quick part. */
export function times({ full, quick }: { readonly full: number; readonly quick: number }): number {
  return isFull ? full : quick;
}
