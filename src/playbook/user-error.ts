// Turns an error that a user's code threw into one that points into the user's file.
import { fileURLToPath } from 'node:url'
import { MailrunError } from '../core/mailrun-error.ts'

/** @param project - the folder whose files are the user's. @param fallback - named where the stack tells no line. */
export function userError(error: unknown, project: string, fallback: string): MailrunError {
  if (error instanceof MailrunError) return error
  if (!(error instanceof Error)) return new MailrunError(`the playbook threw ${String(error)}`, fallback)
  const places = [...`${error.message}\n${error.stack ?? ''}`.matchAll(/((?:file:\/\/)?\/[^\s():]+):(\d+)/g)].map(
    ([, file = '', line = '']) => {
      const path = file.startsWith('file://') ? fileURLToPath(file) : file
      return { path, line }
    },
  )
  const place =
    places.find(({ path }) => path.startsWith(`${project}/`) && !path.includes('/node_modules/')) ??
    places.find(({ path }) => path === fallback)
  const message = error.message.split('\n').find((line) => line.trim() !== '') ?? error.name
  return new MailrunError(
    `${error.name === 'Error' ? '' : `${error.name}: `}${message}`,
    place ? `${place.path}:${place.line}` : fallback,
  )
}
