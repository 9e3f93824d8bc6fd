// Asks whether a host would refuse to switch keys, as the task `keepSigned` would, before anything is changed.
import { switchProblem } from './signing-kept.ts'
import { answersOfParts, type Probe } from '../../../core/probe/probe.ts'
import type { KeepArgs } from '../../keep-args.ts'
import type { SigningQuestion } from '../../keys/signing.ts'
import { opendkimSetup, signingProbe } from '../setup/signing.ts'

/** Why it would refuse, '' where it would not. Both parts are asked in one process with the host's keys. */
export function switchGuard(keep: KeepArgs, question: SigningQuestion): Probe<string> {
  const signing = signingProbe(question)
  return {
    to: 'host',
    key: `switch guard of ${signing.key} ${JSON.stringify(keep)}`,
    reads: [...signing.reads, ...opendkimSetup.reads],
    question: { parts: [signing, opendkimSetup] },
    parse(answer) {
      const [ofKeys, ofSetup] = answersOfParts(answer)
      return switchProblem(keep, opendkimSetup.parse(ofSetup!), signing.parse(ofKeys!)) ?? ''
    },
    facts: () => [],
    foresee: (state) => state,
  }
}
