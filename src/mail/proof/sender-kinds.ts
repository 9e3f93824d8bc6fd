// Kinds of findings about the sender: whether SPF, DMARC and names of addresses let receivers accept a host's mail.
import { kindsOf } from '../../findings/rule.ts'
import { DMARC_NONE } from '../records/dmarc/findings.ts'
import { SPF_NONE } from '../records/spf/findings.ts'

export const SENDER_KINDS = {
  ...SPF_NONE,
  ...kindsOf('spf', {
    'spf-fail': {
      severity: 'error',
      means: "SPF says that the host's address must not send.",
      remedy: 'add the address to the record; if others see another one (NAT), set outgoing_addresses',
    },
    'spf-softfail': {
      severity: 'error',
      means: "SPF says that the host's address should not send.",
      remedy: 'add the address to the record; if others see another one (NAT), set outgoing_addresses',
    },
    'spf-neutral': {
      severity: 'error',
      means: "SPF says nothing about the host's address.",
      remedy: 'add the address to the record',
    },
    'spf-permerror': {
      severity: 'error',
      means: 'The SPF record cannot be used: a term is wrong, there are several records, or it needs too many lookups.',
      remedy: 'correct it: verifiers make at most 10 lookups and accept only one record',
    },
    'no-address': {
      severity: 'unknown',
      means: 'The addresses from which mail leaves are not known.',
      remedy: 'set outgoing_addresses in the inventory',
    },
  }),
  ...DMARC_NONE,
  ...kindsOf('dmarc', {
    'dmarc-fail': {
      severity: 'error',
      means: 'Neither DKIM nor SPF passes, so receivers apply the policy.',
      remedy: 'correct signing first, then SPF',
    },
    'dmarc-unaligned': {
      severity: 'error',
      means: 'Mail is signed, but for a domain that does not align with From.',
      remedy: "let it be signed with d= of From's domain",
    },
  }),
  ...kindsOf('names', {
    'no-ptr': {
      severity: 'error',
      means: 'The address has no name: large receivers refuse its mail.',
      remedy: 'ask the provider of the address to set it',
    },
    'ptr-not-confirmed': {
      severity: 'error',
      means: 'The name of the address does not have that address.',
      remedy: 'publish an A or AAAA record, or let the PTR record name the host',
    },
    'helo-not-confirmed': {
      severity: 'error',
      means: 'The name with which the host greets does not have the address.',
      remedy: 'publish A or AAAA for it, or set smtp_helo_name',
    },
  }),
} as const
