// Package hint reads from the words on a paper what a clerk may enter when she files it: what it is, of which day,
// from whom, with which numbers. It knows words and places alone: who may be told is decided elsewhere, and
// nothing is ever entered by itself.
//
// Two ways lead to the type. [Rules] know signs, which people write into the policies. [Learner] counts which words
// stand on the papers that the office files as what, and is heard only while it does better than the rules on
// papers that it hadn't seen: before it learns a filing it guesses, and both guesses are counted.
//
// What always holds:
//
//   - every hint names the words it rests on, and they stand on the page it was made for;
//   - what was learned holds no word, only keyed hashes of words; and a word speaks for a type only once it stood on
//     papers of that type in several Akten, so that no paper can be told from what was learned;
//   - the names of the people whose papers they are aren't learned.
package hint
