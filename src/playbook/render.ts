// Renders an EJS template strictly: a missing name is an error, and nothing is escaped for HTML.
import ejs from 'ejs'
import { MailrunError } from '../core/mailrun-error.ts'
import { Answered } from '../core/task/answered.ts'
import { Secret } from '../shell/secret.ts'
import { messageOf } from '../text/message-of.ts'

/** @throws MailrunError with the template's file and line. */
export function render(path: string, text: string, vars: Readonly<Record<string, unknown>>): string {
  try {
    return ejs.render(text, strict(vars) as Record<string, unknown>, { filename: path, escape: printable })
  } catch (error) {
    const message = messageOf(error)
    const line = />> (\d+)\|/.exec(message)?.[1]
    const last = message.trim().split('\n').at(-1) ?? message
    throw new MailrunError(last, line === undefined ? path : `${path}:${line}`)
  }
}

/** A Secret is printed with its value, because the template's task marks the content as secret. */
function printable(value: unknown): string {
  if (value instanceof Secret) return printable(value.reveal())
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value)
    default:
      throw new Error(`<%= … %> prints texts, numbers and booleans, got ${kindOf(value)}`)
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value instanceof Answered) return 'an answer of the host, which no template can wait for: use file, and map()'
  return Array.isArray(value) ? 'a list: join it' : typeof value
}

/** Makes plain objects throw for a missing name, instead of printing nothing. */
function strict(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return new Proxy(value, {
    get(target, key, receiver) {
      if (typeof key === 'string' && !(key in target)) throw new Error(`${key} is not given to the template`)
      return strict(Reflect.get(target, key, receiver))
    },
  })
}
