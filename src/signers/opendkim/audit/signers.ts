// Rules on the programs that sign: one of them must be there, and one alone should sign.
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
  means: 'No OpenDKIM and no other signer is installed: mail leaves unsigned.',
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
    'Another program signs mail, or may: what it does with a message is asked live, ' +
    'its configuration is not looked at.',
  remedy: 'see that only one of them signs',
  find: (setup: OpendkimMailSetup) =>
    othersOf(setup).map((name) => ({
      subject: { about: name },
      message: `${name} is installed, which can sign mail: its configuration is not looked at`,
      found: `${name} ${setup.packages[name]}`,
    })),
})
