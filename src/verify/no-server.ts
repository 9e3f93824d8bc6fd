// Says what to do if no name server of a name can be asked.

export const NO_SERVER =
  "see that this machine's resolvers answer, or say in the var dns whom to ask: " +
  'resolvers, or the servers of the zones (docs/mail/dns.md)'
