// The names that generated configurations have.

/** Where a configuration lies on the host: root's alone, or OpenDKIM takes no key from it. */
export const PLACE = '/var/lib/mailrun-reader'

export const DOMAINS = ['example.org', 'example.net', 'mail.example.org', 'a.mail.example.org', 'example.com', 'org']

/** Stands for a private key in a KeyTable: the host puts one in its place, and the reader is given `(key)`. */
export const INLINE = 'MII-KEY'
