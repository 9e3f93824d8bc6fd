// Reads the command line and does what it says; every error ends here.
import { CommanderError } from 'commander'
import { MailrunError } from '../model/mailrun-error.ts'
import { maskKnown } from '../shell/mask-known.ts'
import { adviceOn } from './ansible-flags.ts'
import { formatMeant, tellCouldNotStart } from './could-not-start.ts'
import { EXIT } from './exit-status.ts'
import { givenInventory, givenPlaybook } from './given.ts'
import { boundGarbage } from './heap.ts'
import { flushed, guardOutput, outputProblem, stderr } from './output.ts'
import { program } from './program.ts'
import { listenToSignals } from './signals.ts'

/**
 * Ends the process with the exit status, after all output has left. `words`: the command line after the program's name.
 */
export async function act(words: readonly string[], version: string): Promise<never> {
  boundGarbage()
  guardOutput()
  const format = formatMeant(words)
  const signals = listenToSignals(() => tellCouldNotStart('interrupted', format))
  const onBug = (error: unknown): void => {
    tellBug(error)
    process.exit(signals.running ? EXIT.failed : EXIT.couldNotStart)
  }
  process.on('uncaughtException', onBug)
  let status = EXIT.satisfied as number
  const mailrun = program(version, {
    run: async (path, flags) => {
      const given = { ...flags, playbook: await givenPlaybook(path), inventory: givenInventory(flags.inventory) }
      status = await (await import('./run-command.ts')).runCommand(given, signals)
    },
    ping: async (flags) => {
      const given = { ...flags, inventory: givenInventory(flags.inventory) }
      status = await (await import('./ping-command.ts')).pingCommand(given, signals)
    },
    verify: async (flags) => {
      const given = { ...flags, inventory: givenInventory(flags.inventory) }
      status = await (await import('./verify-command.ts')).verifyCommand(given, signals)
    },
    audit: async (flags) => {
      const given = { ...flags, inventory: givenInventory(flags.inventory) }
      status = await (await import('./audit-command.ts')).auditCommand(given, version, signals)
    },
    inventory: async (flags) => {
      const given = { ...flags, inventory: givenInventory(flags.inventory) }
      status = await (await import('./inventory-command.ts')).inventoryCommand(given)
    },
    encrypt: async (flags) => {
      status = await (await import('./encrypt-command.ts')).encryptCommand(flags)
    },
    schema: async (playbooks, flags) => {
      status = await (await import('./schema-command.ts')).schemaCommand(playbooks, flags)
    },
    rotate: async (flags) => {
      const given = { ...flags, inventory: givenInventory(flags.inventory) }
      status = await (await import('./rotate-command.ts')).rotateCommand(given, signals)
    },
    dns: async (action, flags) => {
      const given = { ...flags, inventory: givenInventory(flags.inventory) }
      status = await (await import('./dns-command.ts')).dnsCommand(action, given, signals)
    },
  })
  try {
    await mailrun.parseAsync([...words], { from: 'user' })
  } catch (error) {
    status = error instanceof CommanderError && error.exitCode === 0 ? EXIT.satisfied : EXIT.couldNotStart
    if (error instanceof MailrunError) tellCouldNotStart(error.message, format)
    else if (!(error instanceof CommanderError)) {
      if (format !== 'text')
        tellCouldNotStart(
          maskKnown(`a bug in mailrun: ${error instanceof Error ? error.message : String(error)}`),
          format,
        )
      tellBug(error)
    } else if (status !== EXIT.satisfied)
      tellCouldNotStart(
        `${error.message.replace(/^error: /, '')}\n${adviceOn(error.message) ?? '"mailrun --help" tells all flags'}`,
        format,
      )
  }
  await flushed()
  if (outputProblem() !== undefined) {
    const went = signals.running
      ? 'The run went on to its end; make room, and run it again to see how things are'
      : 'Make room, and try again'
    stderr.write(`mailrun: the output could not be written: ${outputProblem()}\n${went}\n`)
    if (status === EXIT.satisfied || status === EXIT.wouldChange || status === EXIT.held) status = EXIT.unreported
    await flushed()
  }
  process.exit(status)
}

function tellBug(error: unknown): void {
  stderr.write(
    maskKnown(
      `mailrun: this is a bug in mailrun, please report it:\n${error instanceof Error ? error.stack : String(error)}\n`,
    ),
  )
}
