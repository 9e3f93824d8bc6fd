// Keywords whose values have a form of their own.
import { isGssKexList } from './algorithms.ts'
import { lower } from '../files/bytes.ts'
import { FLAG } from './choices.ts'
import { expandVariables, shown } from '../expand.ts'
import type { Here } from '../machine.ts'
import { scaledNumber, serviceClass, tunEnd } from './numbers.ts'
import { first, secondsOf, type Reader } from './reader.ts'
import { Refusal } from '../files/refusal.ts'
import { setFirst, type Effect } from '../values.ts'

export const agentPath: Reader = (given, keyword, here) => checkedPath(given.need(), keyword, here)

function checkedPath(word: string, keyword: string, here: Here): Effect {
  expandVariables(word, here)
  if (/^\$(?!\{)/.test(word) && !/^\$[0-9A-Za-z_]+$/.test(word))
    throw new Refusal(`${shown(word)} names no environment variable`)
  return first(word)(keyword)
}

export const forwardAgent: Reader = (given, keyword, here) => {
  const word = given.need()
  const flag = Object.hasOwn(FLAG, lower(word)) ? FLAG[lower(word)] : undefined
  if (flag !== undefined) return first(flag)(keyword)
  const path = checkedPath(word, 'forwardagent path', here)
  return (values, place) => {
    setFirst(values, keyword, 'yes', place)
    path(values, place)
  }
}

export const rekeyLimit: Reader = (given) => {
  const word = given.need()
  const limit = word === 'default' ? 0n : scaledNumber(word)
  if (limit === undefined || (limit !== 0n && limit < 16n))
    throw new Refusal(`it must be default or a size of at least 16 bytes such as 1G, got ${shown(word)}`)
  const after = given.left() === 0 ? undefined : given.need()
  const interval = after === undefined || after === 'none' ? undefined : String(secondsOf(after))
  return (values, place) => {
    setFirst(values, 'rekeylimit', String(limit), place)
    if (interval !== undefined) setFirst(values, 'rekeylimit interval', interval, place)
  }
}

export const escapeChar: Reader = (given, keyword) => {
  const word = given.need()
  if (word === 'none') return first(word)(keyword)
  if (word.length === 1) return first(String(word.charCodeAt(0)))(keyword)
  const control = word.charCodeAt(1)
  const isControl = control >= 64 && control < 128
  if (word.length !== 2 || word[0] !== '^' || !isControl)
    throw new Refusal(`it must be a character, ^ and a letter, or none, got ${shown(word)}`)
  return first(String(control & 31))(keyword)
}

export const controlPersist: Reader = (given, keyword) => {
  const word = given.need()
  if (/^(no|false)$/.test(word)) return first('no')(keyword)
  const after = /^(yes|true)$/.test(word) ? 0 : secondsOf(word)
  return first(after === 0 ? 'yes' : String(after))(keyword)
}

export const tunnelDevice: Reader = (given, keyword) => {
  const word = given.need()
  const [here, ...there] = word.split(':')
  const ends = [tunEnd(here!), there.length === 0 ? 'any' : tunEnd(there.join(':'))]
  if (ends.includes(undefined))
    throw new Refusal(`it must be two device numbers or any, as in any:0, got ${shown(word)}`)
  return first(ends.join(':'))(keyword)
}

export const ipQos: Reader = (given, keyword) => {
  const words = [given.need(), ...(given.left() > 0 ? [given.next()!] : [])]
  const classes = words.map(serviceClass)
  if (classes.includes(undefined))
    throw new Refusal(`it must be one or two classes of service such as af21 or 0x10, got ${shown(words.join(' '))}`)
  return first(`${classes[0]!} ${classes.at(-1)!}`)(keyword)
}

/** The last one counts, and that of a block for other hosts, too. */
export const bindMask: Reader = (given, keyword) => {
  const word = given.need()
  const digits =
    /^[ \t\n\v\f\r]*\+?([0-7]+)/.exec(word)?.[1] ?? (/^[ \t\n\v\f\r]*-0+(?![1-7])/.test(word) ? '0' : undefined)
  const mask = digits === undefined ? NaN : parseInt(digits, 8)
  if (!(mask <= 0o777)) throw new Refusal(`it must be an octal mask such as 0177, got ${shown(word)}`)
  return (values, { where }) => values.first.set(keyword, { value: `0${mask.toString(8)}`, where })
}

export const addKeysToAgent: Reader = (given, keyword) => {
  const [word, life] = [given.need(), given.next()]
  const value = Object.hasOwn(FLAG, lower(word))
    ? FLAG[lower(word)]
    : /^(ask|confirm)$/i.test(word)
      ? lower(word)
      : undefined
  if (life !== undefined && value !== 'confirm') throw new Refusal('only confirm takes a time after it')
  const time = value === undefined ? secondsOf(word) : life === undefined ? 0 : secondsOf(life)
  return first(time === 0 ? (value ?? 'yes') : `${value === 'confirm' ? 'confirm ' : ''}${time}`)(keyword)
}

export const gssKex: Reader = (given, keyword) => {
  const word = given.need()
  if (!isGssKexList(word)) throw new Refusal(`${shown(word)} holds a key exchange that OpenSSH 9.2 does not know`)
  return first(word)(keyword)
}
