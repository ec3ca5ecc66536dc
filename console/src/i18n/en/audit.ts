/** English messages. */
export const auditEn = {} as const;
