/** English messages. */
export const overviewEn = {} as const;
