// Findings on DNS records: what is wrong with one by itself, and what name servers serve instead of what a fleet is to
// have. `mailrun dns` calls them by the same names.
import type { CheckName, FindingKind, Severity } from './finding-kind.ts'

const of =
  (check: CheckName) =>
  (severity: Severity, means: string, remedy: string): FindingKind => ({ severity, check, means, remedy })
const [dkim, spf, dmarc] = [of('dkim'), of('spf'), of('dmarc')]

export const RECORD_FINDINGS = {
  // What is to be there; those of SPF and DMARC show in their columns.
  'record-missing': dkim(
    'error',
    'A record that mail needs is not in DNS.',
    'mailrun dns push, or mailrun dns plan --format web-form for typing',
  ),
  'record-differs': dkim(
    'warning',
    'DNS has another record than the inventory says.',
    'mailrun dns plan shows the difference; push it, or change the inventory. ' +
      'Another key is replaced by mailrun dns push --replace alone',
  ),
  'record-lags': dkim(
    'error',
    'A name server does not serve what the others do.',
    'see that the zone reaches every server (serial, transfer)',
  ),
  'record-blocked': dkim(
    'error',
    'The record cannot be put there, for an alias stands in its place.',
    'publish it where the alias leads, or remove the alias',
  ),
  'record-unanswered': dkim(
    'unknown',
    'No name server that knows says what is there.',
    'see that its name servers answer',
  ),
  'records-contradict': dkim(
    'error',
    'What the domain needs cannot be worked out from the inventory, the hosts and DNS.',
    'mend what is told',
  ),
  'name-servers': dkim(
    'warning',
    'Not all name servers that are named for the zone are asked: there are more than 20, or one is no name of a host.',
    'mend its NS records',
  ),
  // SPF
  'spf-many': spf(
    'error',
    'There are several SPF records, and verifiers then use none (RFC 7208, section 4.5).',
    'merge them into one',
  ),
  'spf-syntax': spf('error', 'The record cannot be read: verifiers answer permerror.', 'mend or remove the term'),
  'spf-pass-all': spf('error', "Everyone may send in the domain's name.", 'end the record with -all or ~all'),
  'spf-neutral-all': spf('warning', 'Nothing is said of other senders.', 'end the record with -all or ~all'),
  'spf-no-all': spf(
    'warning',
    'The record ends without all: nothing is said of other senders.',
    'end the record with -all or ~all',
  ),
  'spf-wide-network': spf('error', 'A good part of the internet may send.', 'name the addresses that send'),
  'spf-ptr': spf(
    'warning',
    'ptr is slow and unreliable, and not to be published (RFC 7208, section 5.5).',
    'name the addresses with ip4: and ip6:',
  ),
  'spf-a-mx': spf(
    'warning',
    'a and mx cost lookups, and let the web server or the hosts that receive mail send it.',
    'name the addresses that send with ip4: and ip6:',
  ),
  'spf-unreached': spf('warning', 'Terms without effect beside all.', 'put them before all, or take them out'),
  'spf-long': spf(
    'warning',
    'The record is longer than 450 bytes: answers may not fit a UDP packet of 512.',
    'name networks instead of addresses',
  ),
  'spf-missing-ip4': spf(
    'error',
    'An own IPv4 address is not in the record, while another one is.',
    'add ip4: with the address',
  ),
  'spf-missing-ip6': spf(
    'error',
    'An own IPv6 address is not in the record, while IPv4 is: ' +
      'mail fails whenever it goes by IPv6, which Postfix prefers as often as not.',
    'add ip6: with the address, or inet_protocols = ipv4',
  ),
  'spf-stranger': spf(
    'note',
    'An address may send that is no known host.',
    'put it into spf.networks if it sends, into spf.retired if it sends no more',
  ),
  'spf-lookups': spf(
    'error',
    'More than 10 lookups: verifiers answer permerror.',
    'name own hosts with ip4: and ip6:, and take out services that send no more',
  ),
  'spf-voids': spf(
    'error',
    'More than 2 lookups that find nothing: verifiers answer permerror.',
    'take out the terms whose names have no such record',
  ),
  'spf-many-mx': spf(
    'error',
    'More MX records behind mx than verifiers look at.',
    'name the addresses that send with ip4: and ip6:',
  ),
  'spf-no-record': spf(
    'error',
    'An include or redirect leads to no record: verifiers answer permerror.',
    'take it out',
  ),
  'spf-loop': spf('error', 'An include or redirect leads back to itself.', 'take it out'),
  'spf-unanswered': spf('unknown', 'An include or redirect leads to no answer.', 'ask again later'),
  'spf-merge': spf('note', 'Of a plan: what was done to terms of others.', 'look at the new record'),
  'spf-sender-unknown': spf(
    'error',
    'Of a plan: the addresses that others see a host send from cannot be told, and SPF of its domains is left alone.',
    'set outgoing_addresses',
  ),
  // DKIM
  'dkim-none': dkim('error', 'There is no DKIM record for a selector.', 'publish the key, or sign with another'),
  'dkim-many': dkim(
    'error',
    'There are several records for a selector, and which one a verifier takes is chance.',
    'keep one',
  ),
  'dkim-syntax': dkim('error', 'The record cannot be read.', 'publish it again'),
  'dkim-revoked': dkim(
    'note',
    'The key is revoked, and nobody signs with it.',
    'remove the record once no mail signed with it is on its way',
  ),
  'dkim-test-mode': dkim('warning', 't=y: verifiers treat the mail as if it were not signed.', 'remove y from t'),
  'dkim-service': dkim('error', 's= says that the key is not for mail.', 's=email, or no s'),
  'dkim-hash': dkim('error', 'h= leaves out sha256, and verifiers take no other (RFC 8301).', 'h=sha256, or no h'),
  'dkim-key-type': dkim('error', 'k= is a type of key that verifiers do not know.', 'publish the key with its type'),
  'dkim-bad-key': dkim(
    'error',
    'p= holds no such key.',
    'publish the whole key again: a piece may have been lost on its way',
  ),
  'dkim-weak-key': dkim(
    'error',
    'Less than 1024 bits: verifiers pass over the key (RFC 8301).',
    'rotate to a key of 2048 bits',
  ),
  'dkim-short-key': dkim('warning', 'Less than 2048 bits (RFC 8301).', 'rotate to a key of 2048 bits'),
  'dkim-long-key': dkim(
    'warning',
    '4096 bits or more: the answer fits no UDP packet of 512 bytes.',
    'a key of 2048 bits is enough',
  ),
  'dkim-no-key': dkim('warning', 'A host has no key for a domain yet.', 'run playbooks/dkim.ts'),
  'dkim-lost-key': dkim(
    'error',
    'A key that a host signed with is gone: its selector has a record, and is used for no other key.',
    'put the file back from a backup, or give the host another dkim_selector',
  ),
  'dkim-key-to-come': dkim(
    'note',
    'Of a check: the run is about to make the key, and its record is not known before.',
    'run it',
  ),
  'dkim-unreadable-key': dkim('error', "The public half of a host's key cannot be told.", 'mend it on the host'),
  'dkim-unfit-key': dkim(
    'error',
    "A host's public key is none that verifiers use (RSA of 1024 to 4096 bits, or Ed25519), and is not published.",
    'make a key of 2048 bits, with another selector',
  ),
  'dkim-rival-keys': dkim(
    'error',
    'Two hosts have different keys for one selector: neither is published, and what DNS has of it stays.',
    'give one of them another dkim_selector',
  ),
  'selector-foreign': dkim(
    'warning',
    'A host signs with a selector, or has one in its history, that the inventory does not give it: ' +
      'it goes on signing, and the record is neither published, replaced nor revoked by its word.',
    'add it to dkim_selectors where it is its own; else mailrun rotate --start',
  ),
  'host-mail-unsigned': dkim(
    'note',
    'Of a plan: mail of a host itself comes from a name that is in none of its domains, and leaves unsigned.',
    'put the name into its domains, or say sign_host_name: false',
  ),
  'host-mail-unaligned': dkim(
    'note',
    'Of a plan: mail of a host itself is signed for a domain that does not align with adkim=s.',
    'put the name into its domains, or say sign_host_name: false',
  ),
  'legacy-adsp': dkim('note', 'An ADSP record is published: ADSP is Historic, DMARC took its place.', 'remove it'),
  // DMARC
  'dmarc-many': dmarc('error', 'There are several DMARC records, and receivers then use none.', 'keep one'),
  'dmarc-version': dmarc(
    'error',
    'The record does not begin with v=DMARC1, and receivers pass over it.',
    'begin it with v=DMARC1;',
  ),
  'dmarc-tag': dmarc('error', 'A tag is wrong, and receivers pass over it.', 'mend or remove it'),
  'dmarc-p-place': dmarc(
    'warning',
    'p is not right behind v, and receivers of RFC 7489 then pass over the record.',
    'begin it with v=DMARC1; p=',
  ),
  'dmarc-no-p': dmarc('error', 'There is no valid p.', 'add p'),
  'dmarc-none-without-rua': dmarc(
    'error',
    'p=none without rua protects nothing and tells nothing.',
    'add rua=mailto:…, and go on to p=quarantine',
  ),
  'dmarc-monitoring': dmarc(
    'note',
    'p=none: forged mail is delivered as before.',
    'once reports are clean, go on to p=quarantine and p=reject',
  ),
  'dmarc-no-rua': dmarc('warning', 'No rua: nobody tells when good mail fails.', 'add rua=mailto:…'),
  'dmarc-test-mode': dmarc(
    'warning',
    't=y: receivers apply the policy one step down.',
    'remove t once reports are clean',
  ),
  'dmarc-weaker-subdomains': dmarc(
    'warning',
    'Subdomains have a weaker policy: whoever forges takes one.',
    'raise or remove sp and np',
  ),
  'dmarc-psd': dmarc('warning', 'psd=y says that the domain is a public suffix.', 'remove psd unless that is so'),
  'dmarc-fo-without-ruf': dmarc('note', 'fo has no effect without ruf.', 'remove fo'),
  'dmarc-removed-tags': dmarc(
    'warning',
    'Tags that RFC 9989 removed, which old receivers alone heed.',
    'remove them; t=y stands for a pct that was below 100',
  ),
  'dmarc-report-size': dmarc(
    'note',
    'RFC 9989 has no size limits for reports.',
    'remove the exclamation mark and what follows',
  ),
  'dmarc-unknown-tags': dmarc('warning', 'There are no such tags, receivers pass over them.', 'remove or mend them'),
  'dmarc-not-set': dmarc('warning', 'Of a plan: nobody has said what the DMARC record is to be.', 'set dmarc'),
  'dmarc-weakens': dmarc(
    'warning',
    'The inventory asks for a weaker policy than DNS has.',
    'set dmarc.p to what is there, unless it is to be weakened',
  ),
  'dmarc-report-consent': dmarc(
    'warning',
    'Reports go to another organization, which has not said that it takes them: receivers send none.',
    'ask whoever runs that zone for the record',
  ),
} as const satisfies Readonly<Record<string, FindingKind>>
