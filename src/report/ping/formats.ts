// The output formats of `mailrun ping`: those of a run, with another text.
import type { Formats } from '../registry.ts'
import type { RunFormat } from '../run/format.ts'
import { RUN_FORMATS } from '../run/formats.ts'

export const PING_FORMATS: Formats<RunFormat> = {
  ...RUN_FORMATS,
  text: () => import('./text.ts'),
}
