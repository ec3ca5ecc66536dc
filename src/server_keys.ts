/** The keys of a running server that are no store's. */

/** Keys of one purpose, 32 bytes each: the first one makes, and what any of them has made is accepted. */
export type KeyRing = readonly [Buffer, ...Buffer[]];

/** For verification tokens, and for the JWT of older clients. */
export type ServerKeys = { readonly token: KeyRing; readonly session: KeyRing };
