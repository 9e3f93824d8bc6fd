// Sets how Node uses memory, so that it grows in proportion to the fleet.
import { setFlagsFromString } from 'node:v8'

/**
 * Of what lives. By itself V8 lets the heap grow to three times that: with 1,000 hosts 170 MB in place of 150, to spare
 * a hundredth of the time.
 */
const GARBAGE_PERCENT = 40

/** The last Node whose V8 was seen to know the flag; one that does not complains of it on standard error. */
const KNOWN_TO = 24

export function boundGarbage(): void {
  if (Number.parseInt(process.versions.node, 10) <= KNOWN_TO)
    setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`)
}
