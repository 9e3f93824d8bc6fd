// The version of Postfix on a host, as a fact that can be gathered.
import { ifInstalled, namedFact, word } from '../host/gathered/named-fact.ts'

export const postfixVersion = namedFact(
  'postfixVersion',
  "Postfix's version: `3.7.11`; `null`: it is not installed",
  ifInstalled('postconf', 'postconf -dh mail_version'),
  (text) => (text === '' ? null : word(text)),
)
