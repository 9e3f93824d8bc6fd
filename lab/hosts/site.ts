// The settings that all hosts of one lab share.
import { fleet, type LabHost } from '../fleet.ts'
import { hostsFile } from './host-files.ts'
import { imageAt, type Image } from '../image/image.ts'
import { NUMBERS } from '../internet/zones.ts'
import { LabError } from '../lab-error.ts'
import type { Lab } from '../lab.ts'
import type { LabState } from '../state.ts'

export interface Site {
  readonly lab: Lab
  readonly subnet: string
  /** The layers from which the host is made. */
  image(host: LabHost): Image
  /** Whether it has name servers and IPv6 addresses. */
  readonly internet: boolean
  /** The text of its /etc/hosts. In a lab with name servers, it has only the host itself. */
  hostsFile(host: LabHost): string
  /** The text of /etc/resolv.conf. `undefined`: the host's file stays as it is. */
  readonly resolvConf: string | undefined
}

export function siteOf(lab: Lab, state: LabState): Site {
  const { subnet, images, internet, python } = state
  const hosts = fleet(state)
  return {
    lab,
    subnet,
    image: ({ name, release }) => {
      const digest = images[release]
      if (digest === undefined) throw new LabError(`${name} has no image of Debian ${release}: repair it with "lab up"`)
      return imageAt(lab, digest, { internet, python })
    },
    internet: internet !== undefined,
    hostsFile: (host) => hostsFile(internet === undefined ? hosts : [host], subnet),
    resolvConf:
      internet === undefined ? undefined : `nameserver ${subnet}.${NUMBERS.resolver}\noptions timeout:2 attempts:3\n`,
  }
}
