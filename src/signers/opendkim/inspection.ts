// The inspection of OpenDKIM: what `mailrun audit` and `mailrun adopt` read of it on a host.
import type { FileText } from './configuration/index.ts'
import type { Inspection } from '../inspection.ts'
import { opendkimTexts, type OpendkimTexts } from './adoption/texts.ts'
import { todayOf } from './adoption/today-of.ts'
import { OPENDKIM_RULES } from './audit/index.ts'
import { signs, usedKeyEntries } from './audit/tables-read.ts'
import { mailSetup } from './setup/mail-setup.ts'
import type { OpendkimMailSetup } from './setup/mail-setup-answer.ts'

export const opendkimInspection: Inspection<OpendkimMailSetup, OpendkimTexts, (typeof OPENDKIM_RULES)[number]['id']> = {
  name: 'opendkim',
  setup: mailSetup,
  rules: OPENDKIM_RULES,
  usedKeys: (setup) =>
    usedKeyEntries(setup)
      .filter(({ domain }) => domain !== '%')
      .map(({ domain, selector, path }) => ({
        domain,
        selector,
        path,
        publicKey: setup.keys.find((key) => key.path === path)?.publicKey ?? '',
      })),
  signs,
  texts: opendkimTexts,
  today: ({ installed, words, files }) =>
    installed ? todayOf({ words, files: new Map<string, FileText>(files) }) : undefined,
}
