// Findings of proofs: what the live milters did, and what DNS makes of it. `mailrun verify` calls them by the same
// names.
import type { CheckName, FindingKind, Severity } from './finding-kind.ts'

const of =
  (check: CheckName) =>
  (severity: Severity, means: string, remedy: string): FindingKind => ({ severity, check, means, remedy })
const [signature, outsider, spf, dmarc, names] = [of('signature'), of('outsider'), of('spf'), of('dmarc'), of('names')]

export const PROOF_FINDINGS = {
  'outsider-signed': outsider(
    'error',
    "A stranger's mail is signed: whoever reaches the host can forge.",
    'InternalHosts is too wide: a plain file with the networks of your own',
  ),
  'no-milter': signature(
    'error',
    'Postfix asks no milter in this role: mail leaves unsigned.',
    'run playbooks/dkim.ts; where master.cf says otherwise for a service (-o), mend that',
  ),
  'milter-unreached': signature(
    'error',
    'Postfix gets no answer: OpenDKIM is down, listens elsewhere, ' +
      'or its socket or the directory of it is closed to postfix.',
    "see whether OpenDKIM runs, and where it listens; the socket's directory is to be opendkim:postfix 2750",
  ),
  'milter-tempfail': signature(
    'error',
    'The milter puts mail off (451).',
    'its log says why: as a rule the private key is missing, or its owner or mode is wrong',
  ),
  'milter-refused': signature('error', 'The milter refuses the mail.', "see that milter's log"),
  unsigned: signature(
    'error',
    'The milter lets mail pass unsigned: the domain is in no table, or the client is not internal.',
    'add the domain to the SigningTable, and 127.0.0.1 to InternalHosts',
  ),
  'message-changed': signature(
    'error',
    'A milter behind the one that signs changes the message, which breaks the signature.',
    'the milter that signs must be the last',
  ),
  'one-click-unsigned': signature(
    'warning',
    'No signature covers List-Unsubscribe and List-Unsubscribe-Post: receivers ignore one-click unsubscription of ' +
      'bulk mail (RFC 8058), and large ones require it.',
    'SignHeaders *,+list-unsubscribe,+list-unsubscribe-post in opendkim.conf',
  ),
  'no-key': signature(
    'error',
    'DNS has no record for the selector that the host signs with: verifiers take the mail as unsigned.',
    "publish the host's key",
  ),
  'many-keys': signature(
    'error',
    'There are several records for the selector, and verifiers take any of them.',
    'keep one',
  ),
  'bad-record': signature('error', "The selector's record cannot be used.", 'publish it as mailrun prints it'),
  'key-revoked': signature(
    'error',
    'The record says that the key is revoked (p=), and the host signs with it.',
    'sign with another selector, or publish the key again',
  ),
  'key-differs': signature(
    'error',
    'The record has another key than the host, or header fields were changed after signing.',
    "mailrun dns plan: have the host take another selector, or publish the host's key in the place of the other",
  ),
  'body-changed': signature(
    'error',
    'The body is not the one that was signed.',
    'see what changes messages behind the milter that signs',
  ),
  'weak-key': signature(
    'error',
    'The key has less than 1024 bits, and verifiers pass over it (RFC 8301).',
    'make a key of 2048 bits',
  ),
  'not-verified': signature(
    'error',
    'The signature does not verify, for another reason, which is told.',
    "see the signature's tags, and the record",
  ),
  'servers-differ': signature(
    'error',
    'The authoritative servers do not say the same: whether mail passes is chance.',
    'see that the zone reaches every server (serial, transfer), and wait until it has',
  ),
  'no-name-server': signature(
    'unknown',
    'No name server was found for the name.',
    'give --nameserver where this machine cannot ask the world',
  ),
  'dns-failed': signature('unknown', 'A name server gave no answer.', 'see that its name servers answer'),
  'spf-none': spf('error', 'The domain has no SPF record.', 'publish one that names the addresses that send'),
  'spf-fail': spf(
    'error',
    "SPF says that the host's address must not send.",
    'add the address to the record; where others see another one (NAT), set outgoing_addresses',
  ),
  'spf-softfail': spf(
    'error',
    "SPF says that the host's address should not send.",
    'add the address to the record; where others see another one (NAT), set outgoing_addresses',
  ),
  'spf-neutral': spf('error', "SPF says nothing of the host's address.", 'add the address to the record'),
  'spf-permerror': spf(
    'error',
    'The SPF record cannot be used: a term is wrong, there are several, or it takes too many lookups.',
    'mend it: verifiers make 10 lookups and take one record',
  ),
  'no-address': spf(
    'unknown',
    'The addresses that mail leaves from are not known.',
    'set outgoing_addresses in the inventory',
  ),
  'dmarc-none': dmarc(
    'error',
    'No DMARC record holds: receivers are asked for nothing, and large ones want one.',
    'publish _dmarc, to begin with v=DMARC1; p=none; rua=mailto:…',
  ),
  'dmarc-fail': dmarc(
    'error',
    'Neither DKIM nor SPF passes: receivers do what the policy asks for.',
    'mend signing first, then SPF',
  ),
  'dmarc-unaligned': dmarc(
    'error',
    'Mail is signed, but for a domain that does not align with From.',
    "have it signed with d= of From's domain",
  ),
  'no-ptr': names(
    'error',
    'The address has no name: large receivers refuse its mail.',
    'whoever gave you the address sets it',
  ),
  'ptr-not-confirmed': names(
    'error',
    'The name of the address has not that address.',
    'publish A or AAAA, or have the PTR record name the host',
  ),
  'helo-not-confirmed': names(
    'error',
    'The name that the host greets with has not the address.',
    'publish A or AAAA for it, or set smtp_helo_name',
  ),
} as const satisfies Readonly<Record<string, FindingKind>>

/** Verdicts that are as they must be: no findings. */
export const GOOD_VERDICTS = {
  signed: 'signed, and verified by every server',
  verified: 'of one server: its key verifies the signature',
  'outsider-unsigned': "a stranger's mail is not signed",
  'spf-pass': 'SPF lets the address send',
  'dmarc-pass': 'DMARC passes, and by what',
  fcrdns: 'address and names agree',
} as const

/** What became of messages that were really sent (`mailrun verify --deliver`). */
export const DELIVERY_VERDICTS = {
  arrived: 'it arrived, and the receiver found spf, dkim and dmarc to pass',
  taken: 'another server took it; what it found was not read',
  'dkim-none': 'it arrived unsigned (of a record: there is none)',
  'dkim-fail': 'it arrived, and its signature does not verify',
  'dkim-neutral': 'it arrived, and its signature does not verify',
  'dkim-permerror': 'it arrived, and its signature or its key cannot be used',
  'dkim-policy': 'it arrived, and the receiver does not accept its signature',
  'other-selector': "it arrived, signed with a key that is not the host's",
  'no-results': 'it arrived where not all three are verified',
  'put-off': "the host's own Postfix or a milter puts it off",
  refused: "the host's own Postfix or a milter refuses it",
  bounced: 'another server refuses it, or it cannot be sent',
  deferred: 'it still waits on the host',
  'not-left': 'the host delivered it itself',
  'not-received': 'another server took it, and it is not in the mailbox',
  'not-told': 'nothing says what became of it',
  'left-out': 'it was not sent this way; the verdict says why',
  'not-sent': 'it was not sent, for --check or an interruption',
} as const
