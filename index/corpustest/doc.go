// Package corpustest makes up an authority's persons, Akten and letters for measuring: as many as asked for,
// and the same ones every time.
//
// Everything is a function of the seed and a number: a letter is made when it is asked for, and none is
// kept. Its words are those of a German word list, drawn by Zipf's law behind the small words that open
// every such list, with compounds of an authority put together on the way, umlauts as the words have them, and
// the names, dates and numbers of the person it is about. What letters mean is nothing.
//
// The rights are made so that figures can be told apart by them: [Few] leads a tenth of the Akten and takes part
// in no other, [All] takes part in every one.
package corpustest
