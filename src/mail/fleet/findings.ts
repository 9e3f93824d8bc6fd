// Findings about the records of a fleet: what cannot be computed, what is left alone, and what a plan does to records
// of others.
import { findingsIn, kindsOf } from '../../findings/rule.ts'
import type { Superseding } from '../../findings/superseded.ts'

/** What makes a domain's records contradict each other, reported by itself. */
const CONTRADICTIONS: readonly Superseding[] = [
  { by: ['selector-collision', 'spf-many', 'spf-syntax', 'no-address'], seen: 'anywhere', alike: 'domain' },
]

export const FLEET_KINDS = {
  ...kindsOf('dkim', {
    'records-contradict': {
      severity: 'error',
      means: 'What the domain needs cannot be worked out from the inventory, the hosts and DNS.',
      remedy: 'correct what is reported',
      supersededBy: CONTRADICTIONS,
    },
    'name-servers': {
      severity: 'warning',
      means:
        'Not all name servers that are named for the zone are asked: ' +
        'there are more than 20, or one is no name of a host.',
      remedy: 'correct its NS records',
    },
    'dkim-no-key': {
      severity: 'warning',
      means: 'A host has no key for a domain yet.',
      remedy: 'run playbooks/dkim.ts',
    },
    'dkim-lost-key': {
      severity: 'error',
      means: 'A key that a host signed with is gone: its selector has a record, and is used for no other key.',
      remedy: 'put the file back from a backup, or give the host another dkim_selector',
    },
    'dkim-key-to-come': {
      severity: 'note',
      means: 'Of a check: the run is about to make the key, and its record is not known before.',
      remedy: 'run it',
    },
    'dkim-unreadable-key': {
      severity: 'error',
      means: "The public half of a host's key cannot be known.",
      remedy: 'correct it on the host',
    },
    'dkim-unfit-key': {
      severity: 'error',
      means:
        "A host's public key is none that verifiers use (RSA of 1024 to 4096 bits, or Ed25519), and is not published.",
      remedy: 'make a key of 2048 bits, with another selector',
    },
    'dkim-rival-keys': {
      severity: 'error',
      means: 'Two hosts have different keys for one selector: neither is published, and what DNS has of it stays.',
      remedy: 'give one of them another dkim_selector',
    },
    'selector-foreign': {
      severity: 'warning',
      means:
        'A host signs with a selector, or has one in its history, that the inventory does not give it: ' +
        'it goes on signing, and the record is neither published, replaced nor revoked by its word.',
      remedy: 'add it to dkim_selectors where it is its own; else mailrun rotate --start',
    },
    'host-mail-unsigned': {
      severity: 'note',
      means: 'Of a plan: mail of a host itself comes from a name that is in none of its domains, and leaves unsigned.',
      remedy: 'put the name into its domains, or say sign_host_name: false',
    },
    'host-mail-unaligned': {
      severity: 'note',
      means: 'Of a plan: mail of a host itself is signed for a domain that does not align with adkim=s.',
      remedy: 'put the name into its domains, or say sign_host_name: false',
    },
  }),
  ...kindsOf('spf', {
    'spf-merge': {
      severity: 'note',
      means: 'Of a plan: what was done to terms of others.',
      remedy: 'look at the new record',
    },
    'spf-sender-unknown': {
      severity: 'error',
      means:
        'Of a plan: the addresses that others see a host send from cannot be known, ' +
        'and SPF of its domains is left alone.',
      remedy: 'set outgoing_addresses',
    },
  }),
  ...kindsOf('dmarc', {
    'dmarc-not-set': {
      severity: 'warning',
      means: 'Of a plan: nobody has said what the DMARC record is to be.',
      remedy: 'set dmarc',
    },
    'dmarc-weakens': {
      severity: 'warning',
      means: 'The inventory asks for a weaker policy than DNS has.',
      remedy: 'set dmarc.p to what is there, unless it is to be weakened',
    },
  }),
} as const

export const fleetFinding = findingsIn(FLEET_KINDS)
