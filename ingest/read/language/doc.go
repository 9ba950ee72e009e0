// Package language tells what language a recognised page is written in, and knows the languages that the
// recogniser can be asked for.
//
// [Guess] counts the little words that every text is full of ("und", "the", "که") and the letters that one
// language has and its neighbours haven't. It works on text that was recognised with another language's
// model, because words are compared without accents and with the variants of a letter made one. It answers
// only where it is sure.
//
// What always holds: nothing is read from disk, nothing of the text is kept.
package language
