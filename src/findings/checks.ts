// The checks of an audit. Each is a column of its matrix, and every finding belongs to one.

export const CHECKS = {
  setup: { title: 'Setup', about: "the host's OpenDKIM, keys, tables and Postfix are in order" },
  signature: {
    title: 'Signature',
    about: "its own mail and that of clients that log in is signed, live, and verifies by every name server's key",
  },
  outsider: { title: 'Strangers', about: "a stranger's mail is not signed" },
  dkim: { title: 'DKIM in DNS', about: 'every name server serves the keys, and they are sound' },
  spf: { title: 'SPF', about: 'the domain, and the name that the host greets with, let its addresses send' },
  dmarc: { title: 'DMARC', about: 'mail is aligned, and the policy holds' },
  names: {
    title: 'Names',
    about: 'each address has a name that has the address, and so has the name that the host greets with',
  },
} as const
export type CheckName = keyof typeof CHECKS
export const CHECK_NAMES = Object.keys(CHECKS) as readonly CheckName[]
