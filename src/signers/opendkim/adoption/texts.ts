// Asks for the texts of OpenDKIM's configuration, in a form that can be an output of a run.
import { answersOfParts, type Probe } from '../../../core/probe/probe.ts'
import { isKnown } from '../../../core/unknown.ts'
import { opendkimSetup, type OpendkimSetup } from '../setup/signing.ts'
import type { FileText, OpendkimSources } from '../configuration/index.ts'

/** As JSON has it. */
export interface OpendkimTexts {
  readonly installed: boolean
  readonly words: OpendkimSources['words']
  readonly files: readonly (readonly [string, FileText])[]
}

function textsOf({ installed, sources }: OpendkimSetup): OpendkimTexts {
  const { words, files } = isKnown(sources) ? sources : { words: [], files: new Map<string, FileText>() }
  return { installed, words, files: [...files] }
}

export const opendkimTexts: Probe<OpendkimTexts> = {
  ...opendkimSetup,
  key: 'opendkim texts',
  question: { parts: [opendkimSetup] },
  parse: (answer) => textsOf(opendkimSetup.parse(answersOfParts(answer)[0]!)),
  facts: () => [],
  foresee: (state) => state,
}
