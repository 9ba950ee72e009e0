// Package name compares names of people as an office meets them: the same person is Юрій, Yurii, Jurij
// and Iouri, Müller and Mueller, Abd al-Rahman and Abdurrahman, with given and family name swapped, an
// initial or a typing error. It holds no state and reads nothing: an index asks it for keys, and who shows
// a hit asks it why two names are alike.
//
// # How
//
// [Words] splits a name. Each word is read into sounds: a letter, or a group like "sch", becomes the set
// of sounds it can stand for in any of the languages below, so "j" is English, German and French at once.
// Two words are compared by the least costly way to turn one row of sounds into the other; sets that meet
// cost nothing, sounds that languages confuse cost little. Arabic script leaves short vowels out, so
// missing them there costs almost nothing. [Word.Keys] are coarser: two words worth comparing share one.
//
// # Where the tables come from
//
// They are of our own making, after what these standards say a letter may become:
//
//   - German umlauts and other Latin letters: ICAO Doc 9303 part 3, section 6 (ä as ae, ø as oe, ß as ss,
//     þ as th), and plain letters without their marks.
//   - Arabic and Persian: DIN 31635 (ḥ, ḫ, ǧ, š, ġ, ʿ), and what passports write: English (kh, j, sh, gh),
//     French (kh, dj, ch, ou), German (ch, dsch, sch); Turkish and Kurdish by their own alphabets.
//   - Cyrillic: ISO 9 and DIN 1460 (č, š, ž, ju, ja), Ukraine's resolution 55 of 2010 (Yurii, Serhii),
//     Russian passports (ICAO), German and French usage (Schewtschenko, Chevtchenko).
//   - Words that sound alike in German: Kölner Phonetik (H. J. Postel, 1969), see [Cologne].
//
// Forms of one name in different languages that no table of letters tells (Mehmet, Mohammed; Юрій, Georg)
// stand in related.csv.
package name
