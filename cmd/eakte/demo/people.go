package demo

// being is a person with the life her papers tell of.
type being struct {
	family, given, original string
	born, sex, nation       string
	// life decides which papers there are: ukraine, refugee, asylum, tolerated, worker,
	// trainee, student, family, child, eu, none (no Akte).
	life       string
	birthplace string
	work       string
	// home groups who lives together; head is first in people of the same home.
	home int
	more []Name
}

func spelling(family, given string) Name {
	return Name{Kind: "spelling", Family: family, Given: given}
}

func bornAs(family, given, original string) Name {
	return Name{Kind: "birth", Family: family, Given: given, Original: original}
}

// people are the 44 of the demo, families together, look-alikes on purpose.
func people() []being {
	return append(append(easternPeople(), southernPeople()...), otherPeople()...)
}

func easternPeople() []being {
	return []being{
		{"Kovalenko", "Oksana", "Коваленко Оксана", "1987-03-14", "f", "UKR", "ukraine", "Charkiw", "Erzieherin", 1,
			[]Name{spelling("Kowalenko", "Oxana"), bornAs("Melnyk", "Oksana", "Мельник Оксана")}},
		{"Kovalenko", "Danylo", "Коваленко Данило", "2014-09-02", "m", "UKR", "child", "Charkiw", "", 1, nil},
		{"Kovalenko", "Sofiia", "Коваленко Софія", "2017-05-21", "f", "UKR", "none", "Charkiw", "", 1, nil},
		{"Shevchenko", "Mykola", "Шевченко Микола", "1961-11-30", "m", "UKR", "ukraine", "Odessa", "Schlosser", 2, []Name{spelling("Schewtschenko", "Mykola")}},
		{"Bondarenko", "Iryna", "Бондаренко Ірина", "1994-07-08", "f", "UKR", "ukraine", "Dnipro", "Buchhalterin", 3,
			[]Name{{Kind: "former", Family: "Tkachenko", Given: "Iryna", Original: "Ткаченко Ірина"}}},
		{"Sokolova", "Anastasia", "Соколова Анастасия", "1985-01-26", "f", "RUS", "worker", "Kasan", "Softwareentwicklerin", 4, []Name{spelling("Sokolowa", "Anastasija")}},
		{"Jovanović", "Đorđe", "Јовановић Ђорђе", "1981-03-27", "m", "SRB", "worker", "Niš", "Kraftfahrer", 5, []Name{spelling("Jovanovic", "Djordje")}},
		{"Petrović", "Milica", "Петровић Милица", "1990-05-17", "f", "SRB", "worker", "Novi Sad", "Pflegefachfrau", 6, []Name{bornAs("Nikolić", "Milica", "Николић Милица")}},
		{"Hoxha", "Arben", "", "1989-06-01", "m", "ALB", "tolerated", "Durrës", "Maurer", 7, nil},
		{"Krasniqi", "Dardan", "", "1994-12", "m", "XKX", "worker", "Prizren", "Trockenbauer", 8, nil},
		{"Ionescu", "Ștefan", "", "1979-09-09", "m", "ROU", "eu", "Iași", "Erntehelfer", 9, []Name{spelling("Ionescu", "Stefan")}},
		{"Popescu", "Ioana", "", "1992-11-02", "f", "ROU", "eu", "Brașov", "Reinigungskraft", 10, nil},
		{"Yıldız", "Mehmet", "", "1983-08-19", "m", "TUR", "worker", "Kayseri", "Koch", 11, []Name{spelling("Yildiz", "Mehmet")}},
		{"Yıldız", "Ayşe", "", "1986-02-03", "f", "TUR", "family", "Kayseri", "Näherin", 11, []Name{bornAs("Öztürk", "Ayşe", "")}},
		{"Yıldız", "Elif", "", "2012-10-11", "f", "TUR", "child", "Kayseri", "", 11, nil},
		{"İnce", "Barış", "", "1996-05", "m", "TUR", "student", "İzmir", "Student", 12, []Name{spelling("Ince", "Baris")}},
	}
}

func southernPeople() []being {
	return []being{
		{"Alhasan", "Muhammad", "محمد الحسن", "1990-01-01", "m", "SYR", "refugee", "Aleppo", "Schneider", 13,
			[]Name{spelling("Al-Ḥasan", "Muḥammad"), spelling("Al Hassan", "Mohammed")}},
		{"Alhasan", "Rania", "رانيا الحسن", "1993-06-17", "f", "SYR", "refugee", "Aleppo", "Grundschullehrerin", 13, []Name{bornAs("Haddad", "Rania", "رانيا حداد")}},
		{"Alhasan", "Yusuf", "يوسف الحسن", "2016-02-11", "m", "SYR", "child", "Gaziantep", "", 13, nil},
		{"Alhasan", "Maryam", "مريم الحسن", "2019-10-05", "f", "SYR", "none", "Musterstadt", "", 13, nil},
		{"Ali", "Mohammed", "محمد علي", "1990-01-01", "m", "SYR", "refugee", "Damaskus", "Elektriker", 14, []Name{spelling("ʿAlī", "Muḥammad")}},
		{"Ali", "Muhammad", "محمد علي", "1990", "m", "SYR", "asylum", "Homs", "Bäcker", 15, nil},
		{"Ali", "Mohamad", "محمد علی", "1991-01-01", "m", "IRQ", "tolerated", "Mossul", "Lagerarbeiter", 16,
			[]Name{{Kind: "alias", Family: "Aly", Given: "Mahmoud", Original: "محمود علي", BirthDate: "1989-01-01", Nationality: "SYR"}}},
		{"Mohamed Ali", "Abdirahman", "", "1990-01-01", "m", "SOM", "refugee", "Mogadischu", "Reinigungskraft", 17, []Name{spelling("Mohammed Ali", "Abdurrahman")}},
		{"Khoury", "Elias", "إلياس خوري", "1978-04-25", "m", "SYR", "worker", "Latakia", "Arzt", 18, []Name{spelling("Ḫūrī", "Ilyās")}},
		{"Rahimi", "Ahmad Zia", "احمد ضیا رحیمی", "00.00.1990", "m", "AFG", "refugee", "Herat", "Fahrer", 19, []Name{spelling("Raḥīmī", "Aḥmad Żiyā")}},
		{"Rahimi", "Fatima", "فاطمه رحیمی", "1995", "f", "AFG", "refugee", "Herat", "", 19, nil},
		{"Rahimi", "Omid", "امید رحیمی", "2018-03-20", "m", "AFG", "none", "Herat", "", 19, nil},
		{"Ahmadzai", "Gul Agha", "گل آغا احمدزی", "1985", "m", "AFG", "tolerated", "Dschalalabad", "Maler", 20,
			[]Name{{Kind: "alias", Family: "Ahmadzay", Given: "Gul", Original: "گل احمدزی", BirthDate: "00.00.1987", Nationality: "PAK"}}},
		{"Hosseini", "Zahra", "زهرا حسینی", "1999-01-01", "f", "AFG", "asylum", "Ghazni", "Schülerin", 21, []Name{spelling("Ḥusainī", "Zahrā")}},
		{"Karimi", "Nasrin", "نسرین کریمی", "1988-12-09", "f", "IRN", "asylum", "Schiras", "Apothekerin", 22, nil},
	}
}

func otherPeople() []being {
	return []being{
		{"Mohamad", "Rojda", "ڕۆژدا محەمەد", "1997-01-01", "f", "SYR", "refugee", "Qamischli", "Friseurin", 23, []Name{spelling("Mihemed", "Rojda")}},
		{"Kerim", "Hêvî", "هێڤی کەریم", "2001-04", "f", "IRQ", "asylum", "Duhok", "", 24, nil},
		{"Tesfay", "Yonas", "ዮናስ ተስፋይ", "1992-01-01", "m", "ERI", "refugee", "Asmara", "Mechaniker", 25, []Name{spelling("Tesfai", "Jonas")}},
		{"Gebremedhin", "Selam", "ሰላም ገብረመድህን", "1996-09-11", "f", "ERI", "refugee", "Keren", "Köchin", 25, nil},
		{"Tesfay", "Bethlehem", "ቤተልሄም ተስፋይ", "2020-06-30", "f", "ERI", "none", "Musterstadt", "", 25, nil},
		{"Nguyễn", "Thị Ngọc Lan", "", "1998-10-24", "f", "VNM", "trainee", "Hải Phòng", "Hotelfachfrau", 26, []Name{spelling("Nguyen", "Thi Ngoc Lan")}},
		{"Trần", "Văn Minh", "", "1975-05-05", "m", "VNM", "tolerated", "Nghệ An", "Küchenhilfe", 27, []Name{spelling("Tran", "Van Minh")}},
		{"Nguyễn", "Văn Đức", "", "2003-02-14", "m", "VNM", "trainee", "Hà Nội", "Pflegefachmann", 28, []Name{spelling("Nguyen", "Van Duc")}},
		{"Abdi", "Hodan Warsame", "", "1998", "f", "SOM", "refugee", "Hargeysa", "", 29, nil},
		{"Diallo", "Mamadou", "", "1995-01-01", "m", "GIN", "tolerated", "Labé", "Lagerhelfer", 30,
			[]Name{{Kind: "alias", Family: "Bah", Given: "Amadou", BirthDate: "1998-03-02", Nationality: "SLE"}}},
		{"Traoré", "Aïcha", "", "1991-07-16", "f", "CIV", "asylum", "Bouaké", "Händlerin", 31, nil},
		{"N’Diaye", "Cheikh", "", "2002-08-27", "m", "SEN", "trainee", "Saint-Louis", "Bäcker", 32, []Name{spelling("Ndiaye", "Cheikh")}},
		{"O’Connor", "Patrick", "", "1972-08-08", "m", "GBR", "worker", "Leeds", "Ingenieur", 33, nil},
	}
}
