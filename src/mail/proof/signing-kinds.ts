// Kinds of findings about live signatures: what milters did with a message, and whether DNS verifies its signature.
import { kindsOf } from '../../findings/rule.ts'

export const SIGNING_KINDS = {
  ...kindsOf('outsider', {
    'outsider-signed': {
      severity: 'error',
      means: "A stranger's mail is signed: whoever reaches the host can forge.",
      remedy: 'InternalHosts is too wide: a plain file with the networks of your own',
    },
  }),
  ...kindsOf('signature', {
    'no-milter': {
      severity: 'error',
      means: 'Postfix asks no milter in this role: mail leaves unsigned.',
      remedy: 'run playbooks/dkim.ts; where master.cf says otherwise for a service (-o), correct that',
    },
    'milter-unreached': {
      severity: 'error',
      means:
        'Postfix gets no answer: OpenDKIM is down, listens elsewhere, ' +
        'or its socket or the directory of it is closed to postfix.',
      remedy: "see whether OpenDKIM runs, and where it listens; the socket's directory is to be opendkim:postfix 2750",
    },
    'milter-tempfail': {
      severity: 'error',
      means: 'The milter defers mail (451).',
      remedy: 'its log says why: as a rule the private key is missing, or its owner or mode is wrong',
    },
    'milter-refused': { severity: 'error', means: 'The milter refuses the mail.', remedy: "see that milter's log" },
    unsigned: {
      severity: 'error',
      means: 'The milter lets mail pass unsigned: the domain is in no table, or the client is not internal.',
      remedy: 'add the domain to the SigningTable, and 127.0.0.1 to InternalHosts',
    },
    'message-changed': {
      severity: 'error',
      means: 'A milter behind the one that signs changes the message, which breaks the signature.',
      remedy: 'the milter that signs must be the last',
    },
    'one-click-unsigned': {
      severity: 'warning',
      means:
        'No signature covers List-Unsubscribe and List-Unsubscribe-Post: ' +
        'receivers ignore one-click unsubscription of bulk mail (RFC 8058), and large ones require it.',
      remedy: 'SignHeaders *,+list-unsubscribe,+list-unsubscribe-post in opendkim.conf',
    },
    'no-key': {
      severity: 'error',
      means: 'DNS has no record for the selector that the host signs with: verifiers take the mail as unsigned.',
      remedy: "publish the host's key",
    },
    'many-keys': {
      severity: 'error',
      means: 'There are several records for the selector, and verifiers take any of them.',
      remedy: 'keep one',
    },
    'bad-record': {
      severity: 'error',
      means: "The selector's record cannot be used.",
      remedy: 'publish it as mailrun prints it',
    },
    'key-revoked': {
      severity: 'error',
      means: 'The record says that the key is revoked (p=), and the host signs with it.',
      remedy: 'sign with another selector, or publish the key again',
    },
    'key-differs': {
      severity: 'error',
      means: 'The record has another key than the host, or header fields were changed after signing.',
      remedy:
        "mailrun dns plan: have the host take another selector, or publish the host's key in the place of the other",
    },
    'body-changed': {
      severity: 'error',
      means: 'The body is not the one that was signed.',
      remedy: 'see what changes messages behind the milter that signs',
    },
    'weak-key': {
      severity: 'error',
      means: 'The key has less than 1024 bits, and verifiers pass over it (RFC 8301).',
      remedy: 'make a key of 2048 bits',
    },
    'not-verified': {
      severity: 'error',
      means: 'The signature does not verify, for another reason, which is reported.',
      remedy: "see the signature's tags, and the record",
    },
    'servers-differ': {
      severity: 'error',
      means: 'The authoritative servers do not say the same: whether mail passes is chance.',
      remedy: 'see that the zone reaches every server (serial, transfer), and wait until it has',
    },
    'no-name-server': {
      severity: 'unknown',
      means: 'No name server was found for the name.',
      remedy: 'give --nameserver where this machine cannot ask the world',
    },
    'dns-failed': {
      severity: 'unknown',
      means: 'A name server gave no answer.',
      remedy: 'see that its name servers answer',
    },
  }),
} as const
