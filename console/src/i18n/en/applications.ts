/** English messages. */
export const applicationsEn = {} as const;
