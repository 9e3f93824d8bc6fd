// Why a line cannot be taken as it is; who knows its place makes a MailrunError of it.

export class Refusal extends Error {
  override readonly name = 'Refusal'
}
