// `mailrun init`: writes the first files of a project, and prints the next commands.
import { initProject } from '../../commands/index.ts'
import { asLines, EMPTY, said, term, type TerminalText } from '../../report/write/terminal.ts'
import type { CliCommand } from '../command.ts'
import type { SourceFlags } from '../flags/fleet-flags.ts'
import { gatherNames } from '../flags/values.ts'
import { stdout } from '../terminal/output.ts'

interface InitFlags extends SourceFlags {
  readonly hosts?: readonly string[]
  readonly domains?: readonly string[]
}

export const command: CliCommand<InitFlags> = {
  grammar(starting) {
    starting
      .option(
        '--hosts <hosts>',
        'your mail hosts, as ssh takes them: mx1.example.org,root@mx2.example.org',
        gatherNames,
      )
      .option('--domains <domains>', 'the domains whose mail they send: example.org,example.net', gatherNames)
  },
  async act({ flags: { hosts, domains }, operands: [folder] }) {
    const { written, kept, next } = await initProject({ folder, hosts, domains })
    const columns = Math.max(...next.map(({ command: typed = '' }) => typed.length))
    stdout.write(
      asLines([
        ...written.map((path) => term`${stdout.paint.good(term`wrote`)}  ${said(path)}`),
        ...kept.map((path) => term`${stdout.paint.faint(term`kept`)}   ${said(path)}, which was there`),
        EMPTY,
        stdout.paint.strong(term`Next:`),
        ...next.map(({ command: typed, why }): TerminalText =>
          typed === undefined
            ? term`  ${said(why)}`
            : term`  ${said(typed.padEnd(columns))}  ${stdout.paint.faint(said(`# ${why}`))}`,
        ),
      ]),
    )
    return 0
  },
}
