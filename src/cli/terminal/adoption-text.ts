// How `mailrun adopt` tells people what it found: the inventory alone on standard output, all else on standard error.
import type { Adoption } from '../../model/adoption.ts'
import type { MailrunError } from '../../model/mailrun-error.ts'
import type { Reporter } from '../../model/run-event.ts'
import { withAdoption } from '../../report/adopted-file.ts'
import { ADOPTION_WORDS } from '../../report/adoption.ts'
import { colours, wantsColour } from '../../report/colour.ts'
import { diffLines } from '../../report/diff.ts'
import { textReporter } from '../../report/text.ts'
import { asLines, documentText, said, saidInLines, term } from '../../report/write/terminal.ts'
import type { AdoptionTarget } from '../../commands/adopt/adoption-target.ts'
import { problemText } from './could-not-start.ts'
import { stderr, stdout } from './output.ts'

/** @param target - the file; left out: there is none. */
export function tellInventory(
  adoption: Adoption,
  text: string,
  target: Pick<AdoptionTarget, 'path' | 'before'> | undefined,
): void {
  const { hosts } = adoption
  if (target === undefined) stdout.write(documentText(text))
  else if (target.before !== undefined) tellDifference(target.path, target.before, text, adoption)
  else if (hosts.some(({ status }) => status === 'adopted'))
    stderr.write(term`mailrun: ${said(target.path)} is written\n`)
  for (const { name, status, error } of hosts) {
    if (status === 'adopted') continue
    const why = error === undefined ? term`` : term`: ${saidInLines(error)}`
    stderr.write(term`mailrun: ${said(`${name} ${ADOPTION_WORDS[status]}`)}${why}\n`)
  }
}

function tellDifference(path: string, before: string, text: string, adoption: Adoption): void {
  const after = withAdoption(before, adoption) ?? text
  for (const { name, left } of adoption.hosts)
    for (const each of left) stderr.write(term`mailrun: ${said(name)}: to know: ${said(each)}\n`)
  if (before === after) {
    stderr.write(term`mailrun: ${said(path)} says so already\n`)
    return
  }
  const paint = colours(wantsColour(process.env, process.stdout.isTTY === true))
  stdout.write(asLines(diffLines({ path, before, after }, paint)))
  stderr.write(term`mailrun: ${said(path)} is there already, and stays as it is\n`)
}

/** The check of a run with the vars that were found. */
export function checkReporter(diff: boolean): Reporter {
  const colour = wantsColour(process.env, process.stderr.isTTY === true)
  stderr.write(term`What a run with these vars would change:\n`)
  return textReporter({ diff, verbose: false, colour, terminal: undefined }, stderr)
}

export function tellWrong(error: MailrunError): void {
  stderr.write(term`${problemText(error.messages)}`)
}
