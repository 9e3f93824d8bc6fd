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
      remedy: 'add the address to the record; where others see another one (NAT), set outgoing_addresses',
    },
    'spf-softfail': {
      severity: 'error',
      means: "SPF says that the host's address should not send.",
      remedy: 'add the address to the record; where others see another one (NAT), set outgoing_addresses',
    },
    'spf-neutral': {
      severity: 'error',
      means: "SPF says nothing of the host's address.",
      remedy: 'add the address to the record',
    },
    'spf-permerror': {
      severity: 'error',
      means: 'The SPF record cannot be used: a term is wrong, there are several, or it takes too many lookups.',
      remedy: 'correct it: verifiers make 10 lookups and take one record',
    },
    'no-address': {
      severity: 'unknown',
      means: 'The addresses that mail leaves from are not known.',
      remedy: 'set outgoing_addresses in the inventory',
    },
  }),
  ...DMARC_NONE,
  ...kindsOf('dmarc', {
    'dmarc-fail': {
      severity: 'error',
      means: 'Neither DKIM nor SPF passes: receivers do what the policy asks for.',
      remedy: 'correct signing first, then SPF',
    },
    'dmarc-unaligned': {
      severity: 'error',
      means: 'Mail is signed, but for a domain that does not align with From.',
      remedy: "have it signed with d= of From's domain",
    },
  }),
  ...kindsOf('names', {
    'no-ptr': {
      severity: 'error',
      means: 'The address has no name: large receivers refuse its mail.',
      remedy: 'whoever gave you the address sets it',
    },
    'ptr-not-confirmed': {
      severity: 'error',
      means: 'The name of the address has not that address.',
      remedy: 'publish A or AAAA, or have the PTR record name the host',
    },
    'helo-not-confirmed': {
      severity: 'error',
      means: 'The name that the host greets with has not the address.',
      remedy: 'publish A or AAAA for it, or set smtp_helo_name',
    },
  }),
} as const
