// `UNKNOWN`: the value that a prediction uses for what nobody can know before, such as the digest of a key that is not
// generated yet.

/** Stands for a value that exists or will exist, but cannot be known beforehand. Equal to itself only. */
export const UNKNOWN: unique symbol = Symbol.for('mailrun.unknown')

export type Unknown = typeof UNKNOWN

/** A value that may be {@link UNKNOWN} in a foreseen state; in an answered state it is always known. */
export type Known<T> = T | Unknown

export const isKnown = <T>(value: Known<T>): value is T => value !== UNKNOWN
