// Schemas for vars about mail, with error messages that say what is expected.
import * as v from 'valibot'
import { DOMAIN_PATTERN, isSelector, mailDomain, SELECTOR_PATTERN } from '../names/names.ts'
import { isSenderPattern } from '../names/sender-pattern.ts'

/** A mail domain; comes out in A-labels and lower case. */
export const domain = v.pipe(
  v.string('a domain name is wanted, such as example.org'),
  v.check(
    (text) => mailDomain(text) !== undefined,
    ({ input }) => `a domain name is wanted, such as example.org; got ${JSON.stringify(input)}`,
  ),
  v.metadata({
    description: 'A domain name, such as example.org',
    pattern: DOMAIN_PATTERN,
    patternErrorMessage: 'a domain name is wanted, such as example.org',
  }),
  v.transform((text) => mailDomain(text)!),
)

const SELECTOR_CHARACTERS = 'letters, digits, hyphens and underscores'

/** A DKIM selector, in either case, and comes out as it is written: a host's files are named by it. */
export const selector = v.pipe(
  v.string('a DKIM selector is wanted'),
  v.check(isSelector, ({ input }) => `a DKIM selector is wanted: ${SELECTOR_CHARACTERS}; got ${JSON.stringify(input)}`),
  v.metadata({
    description: `A DKIM selector: ${SELECTOR_CHARACTERS}`,
    pattern: SELECTOR_PATTERN,
    patternErrorMessage: `a DKIM selector is wanted: ${SELECTOR_CHARACTERS}`,
  }),
)

/** The var `dkim_selectors`. */
export const selectorList = v.pipe(
  v.array(selector, 'a list of DKIM selectors is wanted'),
  v.description(
    'Selectors that the host speaks for in DNS besides its dkim_selector, and what rotation makes of that: ' +
      'those of keys that other tools made',
  ),
)

/** An entry of the var `drop_signing`. */
export const senders = v.pipe(
  v.string('a domain or a pattern of senders is wanted, such as example.org, .example.org or *'),
  v.check(
    (text) => isSenderPattern(text.replace(/^client:[^/]*(?:\/\d+)?$/, '*')),
    ({ input }) =>
      'a domain or a pattern of senders is wanted, such as example.org, .example.org or *; ' +
      `got ${JSON.stringify(input)}`,
  ),
)
