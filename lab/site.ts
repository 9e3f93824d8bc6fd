// What the hosts of one lab share.
import { fleet } from './fleet.ts'
import { hostsFile } from './host-files.ts'
import { imageAt, type Image } from './image.ts'
import type { Lab } from './lab.ts'
import type { LabState } from './state.ts'

export interface Site {
  readonly lab: Lab
  readonly subnet: string
  readonly image: Image
  /** The text of /etc/hosts. */
  readonly hostsFile: string
}

export function siteOf(lab: Lab, state: LabState): Site {
  const { size, tools, subnet, image } = state
  return { lab, subnet, image: imageAt(lab, image), hostsFile: hostsFile(fleet(size, tools), subnet) }
}
