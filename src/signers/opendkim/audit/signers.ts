// Audit rules about programs that sign mail: there must be one, and there should be only one.
import type { OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { foundIf, rule } from '../../../findings/rule.ts'
import { isInstalled } from './setup.ts'

const OTHERS = ['rspamd', 'dkimpy-milter', 'amavisd-new']
const othersOf = ({ packages }: OpendkimMailSetup): readonly string[] =>
  OTHERS.filter((name) => packages[name] !== undefined)

export const noSigner = rule({
  id: 'no-signer',
  check: 'setup',
  severity: 'error',
  means: 'Neither OpenDKIM nor another signer is installed: mail leaves unsigned.',
  remedy: 'run playbooks/dkim.ts',
  find(setup: OpendkimMailSetup) {
    const hasPostfix = Object.keys(setup.parameters).length > 0
    return foundIf(hasPostfix && !isInstalled(setup) && othersOf(setup).length === 0, {
      message: 'neither OpenDKIM nor another signer is installed',
    })
  },
})

export const otherSigner = rule({
  id: 'other-signer',
  check: 'setup',
  severity: 'note',
  means:
    'Another program signs mail, or may sign it. mailrun asks it what it does with a message, but ' +
    'does not read its configuration.',
  remedy: 'make sure that only one program signs',
  find: (setup: OpendkimMailSetup) =>
    othersOf(setup).map((name) => ({
      subject: { about: name },
      message: `${name} is installed and can sign mail; mailrun does not read its configuration`,
      found: `${name} ${setup.packages[name]}`,
    })),
})
