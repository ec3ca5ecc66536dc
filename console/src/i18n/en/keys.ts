/** English messages. */
export const keysEn = {} as const;
