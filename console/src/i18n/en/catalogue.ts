/** English messages. */
export const catalogueEn = {} as const;
