package language

// All are the languages of the table. The words are frequent ones, of any form; a word that several
// languages have counts less.
func All() []Language {
	return []Language{
		{
			"deu", "de", "Latin",
			"der die das und ist in den von zu mit sich des auf für nicht ein eine einer einem einen im dem als auch es an werden aus er hat dass sie nach wird bei noch wie über so zum haben nur oder aber vor zur bis mehr durch kann wurde bitte ihre ihrer ihr ihnen wir uns unser sehr bin sind habe am hiermit geehrte antrag straße herr frau datum name geboren",
			"ßä",
		},
		{
			"eng", "en", "Latin",
			"the of and to in is that for it as was with be by on not he this are or his from at which but have an had they you were their one all we can her has there been if more when will would who so no she what up than please our your any date name born these those other",
			"",
		},
		{
			"fra", "fr", "Latin",
			"le la les des et de du en un une est dans que qui pour pas sur au aux par plus avec ce cette ces il elle ils nous vous je sont été être ont ou son sa ses leur leurs mais comme ne se si tout fait lui même sans peut avoir nom né née date était ci notre votre monsieur madame",
			"œ",
		},
		{
			"spa", "es", "Latin",
			"el la los las de del que y en un una por con para se su sus es no al lo como más pero o fue este esta ha si sin sobre también hasta hay donde quien desde todo nos durante todos uno les ni contra otros ese eso ante ellos qué cuyo nombre fecha han sido está años hijo hija señor señora",
			"ñ¿",
		},
		{
			"tur", "tr", "Latin",
			"ve bir bu için ile olan olarak da de daha çok gibi kadar en sonra göre ne o olduğu var ise ancak her tarafından veya ya mi ki değil üzere adı soyadı doğum tarihi baba anne yeri olup ilgili türkiye ettim ederim edilmiştir verilmiştir olmak bulunan ayrıca arz kişi yıl gün nüfus kayıtlı belge süre konuda zaman",
			"ğış",
		},
		{
			"kmr", "kmr", "Latin",
			"û di ku li de bi ji re ez tu em hûn ew ev vê wê wî min te me we xwe ne ye bû bûn ser gelek jî her hemû yek du nav navê hat hatin hatime dike dikin dikim kir heye hene bo ber piştî lê heke eger kurd kurdî roj sal dixwazim malbata jin mêr zarok bav dayik",
			"êû",
		},
		{
			"sqi", "sq", "Latin",
			"të e dhe në i që për me një nga është ka se si do nuk ai ajo ky kjo u ishte më por janë shumë tij saj tyre këtë kanë kishte duke edhe mund pas deri kur ose ata gjatë vit ditë emri mbiemri datë lindur lindjes ju ne mi prej çdo asnjë ndërsa sepse",
			"ë",
		},
		{
			"srp_latn", "sr-Latn", "Latin",
			"i je u da se na za su od sa koji koja koje iz o kao a ne do što po bi ili će nije bio bila biti su ovo ovaj ova ali samo sve već ima njegov njegova njihov godine dana ime prezime rođen rođena rođenih mesto koju kojeg kod ovim tako može prema zbog posle između protiv ako te vam smo ste",
			"đčž",
		},
		{
			"ron", "ro", "Latin",
			"și de în la a cu pe din care pentru că nu este o un mai se sa au fi fost prin sau ca sunt am ai al ale lui ei lor dar după între fără către această acest aceste acesta numele data născut născută prezenta cele cel cei ce sau vă rog dacă doar dumneavoastră prenumele având asupra înregistrată",
			"țșăţş",
		},
		{
			"rus", "ru", "Cyrillic",
			"и в не на что он с как это по из у за от для его к но она они мы вы я а так все было были быть был если или только при чтобы их до же бы этот эта этой также когда который которая которые может где есть дата имя фамилия года рождения вас нам вам нас ей мне нет под после год",
			"ыэъё",
		},
		{
			"ukr", "uk", "Cyrillic",
			"і в не на що він з як це по із у за від для його до але вона вони ми ви я а так все було були бути був якщо або тільки при щоб їх та й цей ця цього також коли який яка які може де є дата ім'я прізвище року народження вас нам вам нас їй мені немає під після рік про цим вже її",
			"іїєґ",
		},
		{
			"srp", "sr-Cyrl", "Cyrillic",
			"и је у да се на за су од са који која које из о као а не до што по би или ће није био била бити ово овај ова али само све већ има његов његова њихов године дана име презиме рођен рођена рођених место коју којег код овим тако може према због после између против ако те вам смо сте",
			"ђћџљњј",
		},
		{
			"ara", "ar", "Arabic",
			"في من على إلى أن التي الذي عن مع هذا هذه ما لا كان كانت أو قد ذلك بعد كل بين هو هي لم ثم وقد وأن حيث غير عند إن أي منذ له لها بها به فيها تم اسم تاريخ الأب الأم رقم نحن لأن إذا أما كما ولا وفي ومن بن الله السيد الآن يوم سنة محل مكان الولادة",
			"ةؤإ",
		},
		{
			"fas", "fa", "Arabic",
			"و در به از که این را با است برای آن یک خود تا بر بود شده شود می\u200cشود می نیست هم او ما شما آنها ها های نام پدر مادر تاریخ شهر دارد کرد کند کرده شد باشد یا اگر چون اما همه دو بین پس همان هیچ بدین نمی تولد محل شماره دیگر گفت داده رفته ثبت روز سال وسیله",
			"",
		},
		{
			"pus", "ps", "Arabic",
			"د په او چې کې ته له دا دی ده دي وي څخه هغه سره به یې شي شوی شوي شوې کړي کړی لري لپاره موږ تاسو زه ستاسو زما خپل خپله نه یا هم نو که ځکه پر تر یو یوه ټول همدې پلار مور نوم لیک کوي باندې وو خو ورته وه بېرته درته دغه",
			"ښځڅډړږټڼېۍ",
		},
		{
			"urd", "ur", "Arabic",
			"کے کی میں ہے کا اور سے کو نے پر کہ یہ ہیں وہ اس ایک بھی تھا تھی تھے جو ہو گیا گئی گئے لیے ہم آپ نہیں اپنے اپنی کر کرنے کیا دیا تک ساتھ لیکن ان تو اگر ہمیں ہوا ہوئی ہوئے کوئی جس والد والدہ نام تاریخ پیدائش ہمارے کیونکہ جا جاتی جاتا رہا رہے",
			"ٹڈڑںےہھ",
		},
		{
			"amh", "am", "Ethiopic",
			"እና ነው ላይ ውስጥ ነበር ወደ ይህ ግን ጋር ከ በ ያለ እንደ ነገር ሰው ሲሆን ወይም ሁሉ አንድ ናቸው ነበሩ እሱ እሷ እኛ ለ የ ስም ቀን ዓመት ከላይ ምክንያቱም ብቻ ያ ደግሞ ሌላ መሠረት ከተማ ጊዜ በኋላ አይደለም",
			"",
		},
		{
			"tir", "ti", "Ethiopic",
			"እዩ ኣብ እቲ ናብ ምስ ድማ እዚ ካብ ግን ኣሎ ነይሩ ነይሮም ከም ኢና ኢኹም ነቲ ኣብዚ ክልተ ሓደ ብ ን ንሱ ንሳ ንሕና እንተ ኮይኑ ምኽንያቱ ስም ዕለት ዓመት ኩሉ ካልእ ከኣ እዮም እያ ዘሎ ነዚ ውን ኣይኮነን",
			"ኣኽሕ",
		},
	}
}
