// Finds the parameters from which a part of an expanded text comes.
import type { Piece } from './expand.ts'

/** The parameters by which one comes to a place of an expanded text; asked from left to right. */
export class ParametersAt {
  readonly #pieces: readonly Piece[]
  #index = 0
  #before = 0

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  at(at: number): readonly string[] {
    for (
      let piece = this.#pieces[this.#index];
      piece !== undefined && this.#before + piece.text.length <= at;
      piece = this.#pieces[this.#index]
    ) {
      this.#before += piece.text.length
      this.#index += 1
    }
    const names: string[] = []
    for (let place = this.#pieces[this.#index]?.place; place !== undefined; place = place.from)
      names.push(place.holder.parameter)
    return names.reverse()
  }
}
