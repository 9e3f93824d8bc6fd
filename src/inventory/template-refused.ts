// The error for a Jinja template in a value of an inventory.
import { MailrunError } from '../core/mailrun-error.ts'

export const isTemplate = (value: unknown): boolean => typeof value === 'string' && value.includes('{{')

/** @param where - file:line */
export const templateRefused = (where: string): MailrunError =>
  new MailrunError('templates ({{ … }}) are not evaluated in an inventory: write the value itself', where)
