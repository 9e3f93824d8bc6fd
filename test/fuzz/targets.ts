// All that is fuzzed.
import { DELIVERY_TARGETS } from './delivery-targets.ts'
import { FRAME_TARGETS } from './frame-targets.ts'
import { INVENTORY_TARGETS } from './inventory-targets.ts'
import { PROBE_TARGETS } from './probe-targets.ts'
import { RECORD_TARGETS } from './record-targets.ts'
import { SSH_TARGETS } from './ssh-targets.ts'
import type { Target } from './target.ts'
import { TEXT_TARGETS } from './text-targets.ts'

export const TARGETS: readonly Target[] = [
  ...INVENTORY_TARGETS,
  ...TEXT_TARGETS,
  ...FRAME_TARGETS,
  ...PROBE_TARGETS,
  ...RECORD_TARGETS,
  ...SSH_TARGETS,
  ...DELIVERY_TARGETS,
]
