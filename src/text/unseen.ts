// Characters that show nothing, or make others show otherwise.

/**
 * By Unicode's properties: controls, formats (bidi, zero width, tags), surrogates that stand alone, separators of lines
 * and paragraphs, fillers. Tab and line feed are looked at where they matter; U+FE0F, which makes an emoji of a sign,
 * shows.
 */
export const UNSEEN = /(?![\t\n]|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
