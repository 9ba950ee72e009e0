// Package mrz reads machine-readable zones of travel documents as ICAO Doc 9303 parts 3 to 7 lay them out:
// TD1 (cards), TD2, TD3 (passports), MRV-A and MRV-B (visas).
//
// [Parse] takes lines as they were recognised. It undoes what is certain (a letter where only digits can
// stand, O for zero, a length that fillers make wrong) and computes every check digit anew. A check digit that doesn't
// hold is told by its field's name in [Zone.Faults]; nothing is tried until one holds.
//
// What always holds: names are as the zone has them, in its 26 letters. How they are written in full can't
// be told from it ("MUELLER" may be Müller or Mueller) and isn't guessed.
package mrz
