// The definition of the image layers for name servers and the receiver. It has its own digest, so that the images of
// the mail hosts do not change with it.
import { digestOf, installFrom, REPOSITORY } from '../image/recipe.ts'

/** Where the build sees their packages. */
export const INTERNET_REPOSITORY = `${REPOSITORY}-internet`

export const DNS_PACKAGES = ['bind9', 'bind9-utils', 'bind9-dnsutils'] as const

/** `dbconfig-no-thanks` spares OpenDMARC the database for its reports. */
export const RECEIVER_PACKAGES = [
  'postfix',
  'opendkim',
  'opendmarc',
  'dbconfig-no-thanks',
  'publicsuffix',
  'postfix-policyd-spf-python',
] as const

const install = (packages: readonly string[]): string => installFrom('internet', INTERNET_REPOSITORY, packages)

export const DNS_SCRIPT = install(DNS_PACKAGES)

/** On top of the layer with Postfix; its mail goes to a user that cannot log in. */
export const RECEIVER_SCRIPT = `${install(RECEIVER_PACKAGES)}
useradd --system --home-dir /var/mail/inbox --no-create-home --shell /usr/sbin/nologin inbox
`

/** Names the layers' directory beside the images that they lie on. */
export const internetDigest = (): string => digestOf([1, INTERNET_REPOSITORY, DNS_SCRIPT, RECEIVER_SCRIPT])
