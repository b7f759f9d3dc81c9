/** The format's own limit of the header's length, in bytes. */
export const longestHeader = 100_000_000;

/** The one key of the header that is not a tensor's name. */
export const metadataKey = '__metadata__';
