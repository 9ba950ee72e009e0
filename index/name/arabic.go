package name

// arabic are the letters of Arabic, Persian, Dari, Pashto, Urdu and Kurdish (Sorani). What Arabic and
// Persian read differently stands for both: ض is d and z, و is w, v, u and o.
var arabic = map[rune][]sounds{
	'ا': {sA | sI | sE | sU | sO | long}, 'أ': {sA | sU | sO | sE}, 'إ': {sI | sE}, 'آ': {sA | long}, 'ٱ': {sA | silent}, 'ء': {sA | silent}, 'ؤ': {sU | sO | silent}, 'ئ': {sI | sE | sY | silent},
	'ب': {sB}, 'پ': {sP}, 'ت': {sT}, 'ث': {sT | sS}, 'ج': {sDzh | sG | sZh}, 'چ': {sCh}, 'ح': {sH}, 'خ': {sX}, 'د': {sD}, 'ذ': {sD | sZ}, 'ر': {sR}, 'ڕ': {sR}, 'ز': {sZ}, 'ژ': {sZh},
	'س': {sS}, 'ش': {sSh}, 'ص': {sS}, 'ض': {sD | sZ}, 'ط': {sT}, 'ظ': {sZ | sD}, 'ع': {sA | sI | sE | sU | sO | silent}, 'غ': {sGh}, 'ف': {sF}, 'ڤ': {sV}, 'ق': {sK | sG}, 'ک': {sK}, 'ك': {sK},
	'گ': {sG}, 'ل': {sL}, 'ڵ': {sL}, 'م': {sM}, 'ن': {sN}, 'ں': {sN}, 'ه': {sH | sA | sE}, 'ھ': {sH}, 'ە': {sE | sA}, 'ہ': {sH | sA}, 'ة': {sA | sE | sT | silent}, 'و': {sW | sV | sU | sO | long},
	'ۆ': {sO}, 'ي': {sY | sI | sE | long}, 'ی': {sY | sI | sE | sA | long}, 'ى': {sA | sI | sE | long}, 'ێ': {sE}, 'ے': {sE | sI}, 'ٹ': {sT}, 'ڈ': {sD}, 'ړ': {sR}, 'ښ': {sSh | sX}, 'ږ': {sG | sZh},
	'ټ': {sT}, 'ډ': {sD}, 'ڼ': {sN}, 'ځ': {sZ}, 'څ': {sTS}, 'ۍ': {sE | sI}, 'ې': {sE},
}

// hebrew are the letters of Hebrew, which leaves vowels out as well.
var hebrew = map[rune][]sounds{
	'א': {sA | sE | sI | sO | sU | silent}, 'ב': {sB | sV}, 'ג': {sG}, 'ד': {sD}, 'ה': {sH | sA | silent}, 'ו': {sV | sO | sU | long}, 'ז': {sZ}, 'ח': {sX | sH}, 'ט': {sT}, 'י': {sY | sI | sE | long}, 'כ': {sK | sX},
	'ך': {sX | sK}, 'ל': {sL}, 'מ': {sM}, 'ם': {sM}, 'נ': {sN}, 'ן': {sN}, 'ס': {sS}, 'ע': {sA | sE | sI | sO | silent}, 'פ': {sP | sF}, 'ף': {sF}, 'צ': {sTS}, 'ץ': {sTS}, 'ק': {sK}, 'ר': {sR}, 'ש': {sSh | sS}, 'ת': {sT},
}

// marks over and under Arabic letters: short vowels are read, doubling and silence are not.
var arabicMarks = map[rune][]sounds{'َ': {sA | sE}, 'ُ': {sU | sO}, 'ِ': {sI | sE}}
