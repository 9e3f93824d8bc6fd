// The addresses of a lab's name servers, and the keys for updates.
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import type { LabState } from '../state.ts'
import { ipv6 } from './names.ts'
import { tsigKeyPath } from './tsig-keys.ts'
import { NUMBERS, zoneNames } from './zones.ts'

export interface LabDns {
  /** IPv4 addresses; all listen on port 53. Authoritative, takes dynamic updates: */
  readonly primary: string
  /** Authoritative, fed by the primary: */
  readonly secondary: string
  /** Recursive, with a cache: what every host's resolv.conf names. */
  readonly resolver: string
  readonly receiver: string
  readonly ipv6: {
    readonly primary: string
    readonly secondary: string
    readonly resolver: string
    readonly receiver: string
  }
  /** Without the last dot. */
  readonly zones: readonly string[]
  /**
   * Files for `nsupdate -k`: `lab` may change and transfer everything, `mailrun` only change TXT at *._domainkey,
   * _dmarc, _mta-sts and _smtp._tls of fleet.test and example.test.
   */
  readonly keyFiles: { readonly lab: string; readonly mailrun: string }
}

/** @throws LabError where the lab was made without name servers. */
export function labDns(lab: Lab, { subnet, internet }: LabState): LabDns {
  if (internet === undefined)
    throw new LabError(`the lab "${lab.name}" has no name servers: they come with "lab up --internet"`)
  const addresses = (address: (number: number) => string) => ({
    primary: address(NUMBERS.ns1),
    secondary: address(NUMBERS.ns2),
    resolver: address(NUMBERS.resolver),
    receiver: address(NUMBERS.receiver),
  })
  return {
    ...addresses((number) => `${subnet}.${number}`),
    ipv6: addresses((number) => ipv6(subnet, number)),
    zones: zoneNames(subnet),
    keyFiles: { lab: tsigKeyPath(lab, 'lab'), mailrun: tsigKeyPath(lab, 'mailrun') },
  }
}
