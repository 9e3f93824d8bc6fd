// What a profile is: a host that somebody set up by a public guide, role or program, and what it signs.

/** A key in use, as DNS has to have it. */
export interface KeyInUse {
  readonly domain: string
  readonly selector: string
  /** Of the private key on the host. */
  readonly path: string
}

/**
 * How mail comes in: by port 25 or 587 of the loopback address, by port 25 of the host's own address, by sendmail(1).
 */
export type Entry = '25' | '587' | 'lan' | 'sendmail'

export interface Profile {
  /** As a file would be called: `linuxbabe`. */
  readonly name: string
  /** Where the steps are from. */
  readonly source: string
  /** What there is to see, in a few words. */
  readonly about: string
  /** Shell text, run as root on a host with Postfix and OpenDKIM as Debian's packages leave them. */
  readonly setup: string
  /** Addresses in From. Each is used on each way; how its mail is signed before the run is how it has to stay. */
  readonly senders: readonly string[]
  readonly ways: readonly Entry[]
  /** Empty where OpenDKIM signs nothing. */
  readonly keys: readonly KeyInUse[]
  /** Of an inventory that its owner writes by hand, beside the selectors in use. */
  readonly vars: { readonly domains: readonly string[] } & Readonly<Record<string, unknown>>
  /** A port of the host's own address on which other hosts ask its OpenDKIM. */
  readonly askedByOthers?: number
  /** Set: a run does not touch such a host, whatever the inventory says. */
  readonly refused?: true
  /** Set: with the inventory by hand, a run is refused; what `mailrun adopt` writes has what is missing. */
  readonly refusedByHand?: true
  /**
   * Set: the key in use lies below /home, which its unit must see. A rotation leaves the unit as it is, so the next run
   * changes its hardening, once.
   */
  readonly keyAtHome?: true
  /** What `mailrun adopt` leaves to its owner, where it is not to stay a comment. */
  readonly decided?: {
    readonly vars: Readonly<Record<string, unknown>>
    /** Whose mail is still signed then; left out: all. */
    readonly senders?: readonly string[]
  }
}

/** The domains of the lab. */
export const [FIRST, SECOND] = ['fleet.test', 'example.test'] as const

/** One command after the other; the first that fails ends the script. */
export const steps = (...commands: readonly string[]): string => ['set -e', ...commands].join('\n')

/** @example file('/etc/opendkim/KeyTable', 'a b:c:/d') */
export const file = (path: string, ...lines: readonly string[]): string =>
  `mkdir -p '${path.replace(/\/[^/]*$/, '')}'\ncat >'${path}' <<'LINES'\n${lines.join('\n')}\nLINES`

/** As opendkim-genkey(8) makes it: SELECTOR.private and SELECTOR.txt in the directory. */
export const genkey = ({ domain, selector, path }: KeyInUse): string =>
  `mkdir -p '${path.replace(/\/[^/]*$/, '')}'
opendkim-genkey -b 2048 -d '${domain}' -D '${path.replace(/\/[^/]*$/, '')}' -s '${selector}'`

/** @example postconf('smtpd_milters = inet:localhost:8891') */
export const postconf = (...settings: readonly string[]): string =>
  `postconf -e ${settings.map((setting) => `'${setting}'`).join(' ')}`

/**
 * Port 587, as guides open it by taking comment signs out of master.cf. The stream of the test has neither TLS nor a
 * login, so the host's own mail may come without.
 */
export const submission = (...options: readonly string[]): string => {
  const words = [
    'syslog_name=postfix/submission',
    'smtpd_client_restrictions=permit_mynetworks,permit_sasl_authenticated,reject',
    ...options,
  ].map((option) => `-o ${option}`)
  return `postconf -M 'submission/inet=submission inet n - y - - smtpd ${words.join(' ')}'`
}

export const restart = 'systemctl restart opendkim\nsystemctl restart postfix'
