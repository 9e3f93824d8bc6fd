// Writes a rotation as lines of JSON: each step as it is done, each wait, in the end the document of `json`.
import { jsonLine } from '../write/json.ts'
import type { RotationFormat } from './format.ts'
import { rotationJson, stepJson } from './json.ts'

export const format: RotationFormat = {
  language: 'ndjson',
  about: 'programs: a line for each step as it is done (`step`) and each wait (`waiting`); the last one is `rotation`',
  open: ({ out }) => ({
    done: (doneStep) => out.write(jsonLine({ kind: 'step', ...stepJson(doneStep) })),
    waiting: (why) => out.write(jsonLine({ kind: 'waiting', why })),
    ended: (view) => out.write(jsonLine({ kind: 'rotation', ...rotationJson(view) })),
  }),
}
