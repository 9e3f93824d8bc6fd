// `mailrun completion`: prints the script with which a shell completes commands and, for that script, the candidates
// for a word.
import { MailrunError } from '../../core/mailrun-error.ts'
import { asLines, documentText, said, term } from '../../report/write/terminal.ts'
import type { CliCommand } from '../command.ts'
import { complete } from '../completion/candidates.ts'
import { COMPLETION_SCRIPTS } from '../completion/scripts.ts'
import type { SourceFlags } from '../flags/fleet-flags.ts'
import { stdout } from '../terminal/output.ts'

/** What the scripts ask for. */
const WORDS = 'words'

export const command: CliCommand<SourceFlags> = {
  grammar: () => {},
  async act({ operands: [shell = '', ...words], lookUp }) {
    if (shell === WORDS) {
      const { candidates, files } = await complete(words, lookUp)
      stdout.write(
        asLines([
          ...candidates.map(({ word, about }) => (about === '' ? said(word) : term`${said(word)}\t${said(about)}`)),
          ...(files ? [term`:files`] : []),
        ]),
      )
      return 0
    }
    const script = Object.hasOwn(COMPLETION_SCRIPTS, shell) ? COMPLETION_SCRIPTS[shell] : undefined
    if (script === undefined || words.length > 0)
      throw new MailrunError(`one shell is wanted: mailrun completion ${Object.keys(COMPLETION_SCRIPTS).join('|')}`)
    stdout.write(documentText(script))
    return 0
  },
}
