// Kinds of findings about live signatures: what milters did with a message, and whether DNS verifies its signature.
import { kindsOf } from '../../findings/rule.ts'

export const SIGNING_KINDS = {
  ...kindsOf('outsider', {
    'outsider-signed': {
      severity: 'error',
      means: "A stranger's mail is signed: everybody who reaches the host can forge mail.",
      remedy: 'InternalHosts is too wide: use a plain file with your own networks',
    },
  }),
  ...kindsOf('signature', {
    'no-milter': {
      severity: 'error',
      means: 'Postfix asks no milter about mail of this role, so it leaves unsigned.',
      remedy: 'run playbooks/dkim.ts; if a service in master.cf has another setting (-o), correct it',
    },
    'milter-unreached': {
      severity: 'error',
      means:
        'Postfix gets no answer: OpenDKIM is down or listens elsewhere, or postfix may not enter its ' +
        'socket or the directory of the socket.',
      remedy:
        "check whether OpenDKIM runs, and where it listens; the socket's directory must be " + 'opendkim:postfix 2750',
    },
    'milter-tempfail': {
      severity: 'error',
      means: 'The milter defers mail (451).',
      remedy: 'look into its log: usually the private key is missing, or has a wrong owner or mode',
    },
    'milter-refused': {
      severity: 'error',
      means: 'The milter refuses the mail.',
      remedy: 'look into the log of this milter',
    },
    unsigned: {
      severity: 'error',
      means: 'The milter lets mail pass unsigned: the domain is in no table, or the client is not internal.',
      remedy: 'add the domain to the SigningTable, and 127.0.0.1 to InternalHosts',
    },
    'message-changed': {
      severity: 'error',
      means: 'A milter after the one that signs changes the message, which breaks the signature.',
      remedy: 'the milter that signs must be the last',
    },
    'one-click-unsigned': {
      severity: 'warning',
      means:
        'No signature covers List-Unsubscribe and List-Unsubscribe-Post: receivers ignore one-click ' +
        'unsubscription of bulk mail (RFC 8058), and large receivers require it.',
      remedy: 'SignHeaders *,+list-unsubscribe,+list-unsubscribe-post in opendkim.conf',
    },
    'no-key': {
      severity: 'error',
      means: 'DNS has no record for the selector with which the host signs: verifiers treat the mail as ' + 'unsigned.',
      remedy: "publish the host's key",
    },
    'many-keys': {
      severity: 'error',
      means: 'There are several records for the selector, and a verifier may use any of them.',
      remedy: 'keep one',
    },
    'bad-record': {
      severity: 'error',
      means: "The selector's record cannot be used.",
      remedy: 'publish the record that mailrun prints',
    },
    'key-revoked': {
      severity: 'error',
      means: 'The record says that the key is revoked (p=), and the host signs with it.',
      remedy: 'sign with another selector, or publish the key again',
    },
    'key-differs': {
      severity: 'error',
      means: 'The record has another key than the host, or a header field was changed after signing.',
      remedy: "mailrun dns plan: give the host another selector, or replace the other key with the host's key",
    },
    'body-changed': {
      severity: 'error',
      means: 'The body is not the one that was signed.',
      remedy: 'find out what changes messages after the milter that signs',
    },
    'weak-key': {
      severity: 'error',
      means: 'The key has less than 1024 bits, so verifiers ignore it (RFC 8301).',
      remedy: 'make a key of 2048 bits',
    },
    'not-verified': {
      severity: 'error',
      means: 'The signature does not verify, for another reason; the message says which.',
      remedy: 'look at the tags of the signature, and at the record',
    },
    'servers-differ': {
      severity: 'error',
      means: 'The authoritative name servers differ: mail passes or fails by chance.',
      remedy: 'make sure that the zone reaches every server (serial, transfer), and wait until it has',
    },
    'no-name-server': {
      severity: 'unknown',
      means: 'No name server was found for the name.',
      remedy: 'use --nameserver if this machine cannot ask name servers on the internet',
    },
    'dns-failed': {
      severity: 'unknown',
      means: 'A name server gave no answer.',
      remedy: 'make sure that its name servers answer',
    },
  }),
} as const
