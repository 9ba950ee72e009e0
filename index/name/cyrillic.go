package name

// cyrillic are the letters of Russian, Ukrainian, Belarusian, Bulgarian, Serbian, Macedonian and Kazakh,
// with what all of them mean by a letter: г is an h in Ukrainian.
var cyrillic = map[rune][]sounds{
	'а': {sA}, 'б': {sB}, 'в': {sV | sW}, 'г': {sG | sH}, 'ґ': {sG}, 'д': {sD}, 'ђ': {sDzh}, 'ѓ': {sDzh | sG}, 'е': {sE}, 'ё': {sO | sE}, 'є': {sY | sI | silent, sE},
	'ж': {sZh}, 'з': {sZ}, 'ѕ': {sZ | sTS}, 'и': {sI | sY}, 'і': {sI}, 'ї': {sI | sY | long}, 'й': {sY | sI | silent}, 'ј': {sY | sI}, 'к': {sK}, 'л': {sL}, 'љ': {sL},
	'м': {sM}, 'н': {sN}, 'њ': {sN}, 'о': {sO | sA}, 'п': {sP}, 'р': {sR}, 'с': {sS}, 'т': {sT}, 'ћ': {sCh}, 'ќ': {sCh | sK}, 'у': {sU | long}, 'ў': {sU | sW},
	'ф': {sF}, 'х': {sX | sH}, 'ц': {sTS}, 'ч': {sCh}, 'џ': {sDzh}, 'ш': {sSh}, 'щ': {sSh, sCh | silent}, 'ъ': {sA | sE | silent}, 'ы': {sI | sY}, 'ь': {sY | silent}, 'э': {sE},
	'ю': {sY | sI | silent, sU | sO}, 'я': {sY | sI | silent, sA}, 'ә': {sA | sE}, 'ғ': {sGh | sG}, 'қ': {sK}, 'ң': {sN}, 'ө': {sO | sU}, 'ұ': {sU}, 'ү': {sU}, 'һ': {sH},
	'ӣ': {sI | long}, 'ӯ': {sU | long}, 'ҳ': {sH}, 'ҷ': {sDzh},
}

// greek are the letters of modern Greek; groups of them are read letter by letter.
var greek = map[rune][]sounds{
	'α': {sA}, 'β': {sV}, 'γ': {sG | sY | sGh}, 'δ': {sD}, 'ε': {sE}, 'ζ': {sZ}, 'η': {sI | sE}, 'θ': {sT}, 'ι': {sI | sY}, 'κ': {sK}, 'λ': {sL}, 'μ': {sM}, 'ν': {sN},
	'ξ': {sK, sS}, 'ο': {sO}, 'π': {sP | sB}, 'ρ': {sR}, 'σ': {sS}, 'ς': {sS}, 'τ': {sT | sD}, 'υ': {sI | sU | sY | sV | sF | silent}, 'φ': {sF}, 'χ': {sX | sH}, 'ψ': {sP, sS}, 'ω': {sO},
}

// georgian and armenian have a letter for every sound.
var georgian = map[rune][]sounds{
	'ა': {sA}, 'ბ': {sB}, 'გ': {sG}, 'დ': {sD}, 'ე': {sE}, 'ვ': {sV}, 'ზ': {sZ}, 'თ': {sT}, 'ი': {sI}, 'კ': {sK}, 'ლ': {sL}, 'მ': {sM}, 'ნ': {sN}, 'ო': {sO}, 'პ': {sP}, 'ჟ': {sZh},
	'რ': {sR}, 'ს': {sS}, 'ტ': {sT}, 'უ': {sU}, 'ფ': {sP | sF}, 'ქ': {sK}, 'ღ': {sGh}, 'ყ': {sK}, 'შ': {sSh}, 'ჩ': {sCh}, 'ც': {sTS}, 'ძ': {sZ | sTS}, 'წ': {sTS}, 'ჭ': {sCh}, 'ხ': {sX}, 'ჯ': {sDzh}, 'ჰ': {sH},
}

var armenian = map[rune][]sounds{
	'ա': {sA}, 'բ': {sB | sP}, 'գ': {sG | sK}, 'դ': {sD | sT}, 'ե': {sE, sY | silent}, 'զ': {sZ}, 'է': {sE}, 'ը': {sE | silent}, 'թ': {sT}, 'ժ': {sZh}, 'ի': {sI}, 'լ': {sL}, 'խ': {sX}, 'ծ': {sTS}, 'կ': {sK | sG},
	'հ': {sH}, 'ձ': {sZ | sTS}, 'ղ': {sGh | sL}, 'ճ': {sCh | sDzh}, 'մ': {sM}, 'յ': {sY | sH | silent}, 'ն': {sN}, 'շ': {sSh}, 'ո': {sO}, 'չ': {sCh}, 'պ': {sP | sB}, 'ջ': {sDzh | sCh}, 'ռ': {sR}, 'ս': {sS}, 'վ': {sV},
	'տ': {sT | sD}, 'ր': {sR}, 'ց': {sTS}, 'ւ': {sU | sV | silent}, 'փ': {sP}, 'ք': {sK}, 'օ': {sO}, 'ֆ': {sF}, 'և': {sE, sV},
}
