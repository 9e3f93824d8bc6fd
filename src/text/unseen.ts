// Characters that are invisible, or that change how others are shown.

/**
 * By Unicode's properties: controls, formats (bidi, zero width, tags), single surrogates, separators of lines and
 * paragraphs, fillers. Tab and line feed are not among them: callers check these themselves. Neither is U+FE0F, which
 * turns a sign into an emoji and so is visible.
 */
export const UNSEEN = /(?![\t\n]|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
