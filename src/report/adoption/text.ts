// Writes the result of `mailrun adopt` for people: the inventory to standard output, everything else to standard error.
import type { Adoption } from '../../mail/adoption.ts'
import { withAdoption } from './adopted-file.ts'
import { ADOPTION_WORDS } from './inventory.ts'
import { problemText } from '../errors.ts'
import { diffLines } from '../run/diff.ts'
import { textReporter } from '../run/text.ts'
import type { Screen } from '../screen.ts'
import { asLines, documentText, said, saidInLines, term } from '../write/terminal.ts'
import type { AdoptionFormat, InventoryFile } from './format.ts'

export const format: AdoptionFormat = {
  language: 'terminal',
  about: 'people: the inventory, then on standard error what a run with it would change',
  open: (screen) => ({
    found: (adoption, inventory, file) => tellInventory(adoption, inventory, file, screen),
    checks: ({ path, why }, diff) => {
      const { notes } = screen
      const chosen = why === undefined ? term`` : term` (for ${said(why)}; --playbook names another)`
      notes.write(term`What a run of ${said(path)} with these vars would change${chosen}:\n`)
      return textReporter({ diff, verbose: false, paint: notes.paint, terminal: undefined }, notes)
    },
    ended: ({ wrong }) => {
      if (wrong !== undefined) screen.notes.write(problemText(wrong.messages))
    },
  }),
}

function tellInventory(adoption: Adoption, text: string, file: InventoryFile | undefined, screen: Screen): void {
  const { hosts } = adoption
  const { out, notes } = screen
  if (file === undefined) out.write(documentText(text))
  else if (file.before !== undefined) tellDifference(file.path, file.before, text, adoption, screen)
  else if (hosts.some(({ status }) => status === 'adopted')) notes.write(term`mailrun: ${said(file.path)} is written\n`)
  // On a terminal the inventory has just said so.
  if (file === undefined && out.isTerminal) return
  for (const { name, status, error } of hosts) {
    if (status === 'adopted') continue
    const why = error === undefined ? term`` : term`: ${saidInLines(error)}`
    notes.write(term`mailrun: ${said(`${name} ${ADOPTION_WORDS[status]}`)}${why}\n`)
  }
}

function tellDifference(path: string, before: string, text: string, adoption: Adoption, { out, notes }: Screen): void {
  const after = withAdoption(before, adoption) ?? text
  for (const { name, left } of adoption.hosts)
    for (const each of left) notes.write(term`mailrun: ${said(name)}: note: ${said(each)}\n`)
  if (before === after) {
    notes.write(term`mailrun: ${said(path)} says so already\n`)
    return
  }
  out.write(asLines(diffLines({ path, before, after }, out.paint)))
  notes.write(term`mailrun: ${said(path)} is there already, and stays as it is: apply the diff with patch -p0\n`)
}
