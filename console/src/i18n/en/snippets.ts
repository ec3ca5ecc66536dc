/** English messages. */
export const snippetsEn = {} as const;
