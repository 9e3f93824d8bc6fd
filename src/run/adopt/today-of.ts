// What a host signs today, of what it told of its setup.
import type { MailSetup } from '../../model/mail-setup.ts'
import { matchesWild } from '../../text/wild.ts'
import type { SignedPattern, SigningToday } from './signing-today.ts'

export function todayOf(setup: MailSetup): SigningToday {
  const settings = new Map(setup.settings.map(({ name, value }) => [name.toLowerCase(), value]))
  const patterns = patternsIn(setup)
  const { arguments: words } = setup
  const given = words[words.indexOf('-p') + 1]
  return {
    notUnderstood: [],
    patterns,
    of: (from) => patterns.filter(({ pattern }) => matchesWild(pattern, from)).slice(0, 1),
    socket: words.includes('-p') ? given : settings.get('socket'),
    internalHosts: setup.tables.find(({ name }) => name === 'internalhosts')?.rows.map(({ text }) => text),
    settings: setup.settings,
  }
}

function patternsIn({ tables }: MailSetup): readonly SignedPattern[] {
  const rows = (name: string) => tables.find((each) => each.name === name)?.rows ?? []
  const keys = new Map(rows('keytable').map(({ text }) => [text.split(/\s+/)[0]!, text.split(/\s+/)[1] ?? '']))
  return rows('signingtable').flatMap(({ text }) => {
    const [pattern = '', key = ''] = text.split(/\s+/)
    const [domain = '', selector = ''] = (keys.get(key) ?? '').split(':')
    return [{ pattern, domain, selector }]
  })
}
