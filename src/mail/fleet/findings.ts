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
      means: 'The record cannot be computed from the inventory, the hosts and DNS.',
      remedy: 'correct what the message says',
      supersededBy: CONTRADICTIONS,
    },
    'name-servers': {
      severity: 'warning',
      means:
        'mailrun does not ask all name servers of the zone: there are more than 20, or one of them has ' +
        'an invalid name.',
      remedy: 'correct its NS records',
    },
    'dkim-no-key': {
      severity: 'warning',
      means: 'A host has no key for a domain yet.',
      remedy: 'run playbooks/dkim.ts',
    },
    'dkim-lost-key': {
      severity: 'error',
      means:
        'A key with which a host signed is gone. DNS has a record for its selector, so the selector is ' +
        'used for no other key.',
      remedy: 'restore the file from a backup, or give the host another dkim_selector',
    },
    'dkim-key-to-come': {
      severity: 'note',
      means: 'Only in a check: the run would make the key, so its record is not known yet.',
      remedy: 'run it',
    },
    'dkim-unreadable-key': {
      severity: 'error',
      means: "The public half of a host's key cannot be computed.",
      remedy: 'correct the key on the host',
    },
    'dkim-unfit-key': {
      severity: 'error',
      means:
        "A host's public key is of a kind that verifiers do not use (they use RSA of 1024 to 4096 bits, " +
        'or Ed25519), so it is not published.',
      remedy: 'make a key of 2048 bits, with another selector',
    },
    'dkim-rival-keys': {
      severity: 'error',
      means:
        'Two hosts have different keys at one selector: neither is published, and the record in DNS ' +
        'stays as it is.',
      remedy: 'give one of them another dkim_selector',
    },
    'selector-foreign': {
      severity: 'warning',
      means:
        'A host signs with a selector that the inventory does not give it, or has one in its history. It ' +
        'continues to sign; mailrun does not publish, replace or revoke the record because of this host.',
      remedy: "add it to dkim_selectors if it is the host's own; else use mailrun rotate --start",
    },
    'host-mail-unsigned': {
      severity: 'note',
      means:
        'Only in a plan: mail of a host itself comes from a name that is in none of its domains, and ' +
        'leaves unsigned.',
      remedy: 'add the name to its domains, or set sign_host_name: false',
    },
    'host-mail-unaligned': {
      severity: 'note',
      means: 'Only in a plan: mail of a host itself is signed for a domain that does not align with adkim=s.',
      remedy: 'add the name to its domains, or set sign_host_name: false',
    },
  }),
  ...kindsOf('spf', {
    'spf-merge': {
      severity: 'note',
      means: 'Only in a plan: how terms of others in the record were treated.',
      remedy: 'look at the new record',
    },
    'spf-sender-unknown': {
      severity: 'error',
      means:
        "Only in a plan: the addresses from which others see the host's mail cannot be known, so SPF of " +
        'its domains is left alone.',
      remedy: 'set outgoing_addresses',
    },
  }),
  ...kindsOf('dmarc', {
    'dmarc-not-set': {
      severity: 'warning',
      means: 'Only in a plan: the inventory does not say what the DMARC record must be.',
      remedy: 'set dmarc',
    },
    'dmarc-weakens': {
      severity: 'warning',
      means: 'The inventory has a weaker policy than DNS.',
      remedy: 'set dmarc.p to the published policy, unless you want to weaken it',
    },
  }),
} as const

export const fleetFinding = findingsIn(FLEET_KINDS)
