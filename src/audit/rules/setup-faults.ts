// All lint on one host's setup.
import type { MailSetup } from '../../model/mail-setup.ts'
import type { Fault } from '../fault.ts'
import { daemonFaults } from './daemon.ts'
import { keyFaults } from './keys.ts'
import { postfixFaults } from './postfix.ts'
import { tableFaults } from './tables.ts'
import { trustFaults } from './trust.ts'

export const setupFaults = (setup: MailSetup): readonly Fault[] =>
  [daemonFaults, trustFaults, tableFaults, keyFaults, postfixFaults].flatMap((rule) => rule(setup))
