package sniff

import "testing"

func TestSaveName(t *testing.T) {
	tests := []struct {
		kind     Kind
		in, want string
	}{
		{PDF, "bescheid.pdf", "bescheid.pdf"},
		{PDF, "BESCHEID.PDF", "BESCHEID.PDF"},
		{PDF, "rechnung.pdf.bat", "rechnung.pdf.bat.pdf"},
		{PDF, "brief.html", "brief.html.pdf"},
		{PDF, "a.js", "a.js.pdf"},
		{PDF, "a.pdf ", "a.pdf .pdf"},
		{PDF, "a.pdf.", "a.pdf..pdf"},
		{PDF, "datei", "datei.pdf"},
		{PDF, "", "datei.pdf"},
		{JPEG, "brief.hta", "brief.hta.jpg"},
		{JPEG, "foto.jpeg", "foto.jpeg"},
		{JPEG, "foto.png", "foto.png.jpg"},
		{PNG, "bild.png", "bild.png"},
		{PNG, "bild.svg", "bild.svg.png"},
		{TIFF, "scan.tiff", "scan.tiff"},
		{TIFF, "scan.exe", "scan.exe.tif"},
		{WebP, "x.lnk", "x.lnk.webp"},
		{Text, "brief.txt", "brief.txt"},
		{Text, "liste.csv", "liste.csv"},
		{Text, "notiz.md", "notiz.md"},
		{Text, "lauf.log", "lauf.log"},
		{Text, "link.url", "link.url.txt"},
		{Text, "x.library-ms", "x.library-ms.txt"},
		{Text, "x.tsv", "x.tsv.txt"},
		{"application/octet-stream", "x.exe", "x.exe.bin"},
	}
	for _, tt := range tests {
		if got := SaveName(tt.kind, tt.in); got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.kind, tt.in, got, tt.want)
		}
	}
}

func TestShortcutsAndProgramsInText(t *testing.T) {
	jnlp := `<?xml version="1.0"?>` + "\n<jnlp spec=\"1.0+\"></jnlp>"
	tests := []struct{ name, file, head, want string }{
		{"internet shortcut", "a.txt", "[InternetShortcut]\r\nURL=file://x/y.exe\r\n", "dangerous program"},
		{"internet shortcut below other lines", "a.txt", "; x\r\n[{000214A0}]\r\nProp3=19,2\r\n[INTERNETSHORTCUT]\r\nURL=x", "dangerous program"},
		{"internet shortcut in UTF-16", "a.txt", "\xff\xfe[\x00I\x00n\x00t\x00e\x00r\x00n\x00e\x00t\x00S\x00h\x00o\x00r\x00t\x00c\x00u\x00t\x00]\x00\r\x00\n\x00", "dangerous program"},
		{"internet shortcut after a byte order mark", "a.txt", "\xef\xbb\xbf[InternetShortcut]\n", "dangerous program"},
		{"desktop entry", "a", "# x\n[Desktop Entry]\nType=Application\nExec=sh\n", "dangerous program"},
		{"explorer command", "a.txt", "[Shell]\r\nCommand=2\r\nIconFile=\\\\x\\y.ico\r\n", "dangerous program"},
		{"java web start", "a.txt", jnlp, "dangerous program"},
		{"java web start behind a comment", "a.xml", "<?xml version=\"1.0\"?><!-- x -->\n<JNLP>", "dangerous program"},
		{"library", "a.txt", `<?xml version="1.0"?><libraryDescription xmlns="x">`, "dangerous program"},
		{"search connector", "a.xml", `<?xml version="1.0"?><searchConnectorDescription>`, "dangerous program"},
		{"batch file", "a.txt", "@ECHO OFF\r\ncalc.exe\r\n", "dangerous program"},
		{"registry file", "a.txt", "Windows Registry Editor Version 5.00\r\n", "dangerous program"},
		{"symbolic link of a spreadsheet", "a.csv", "ID;PWXL;N;E\nC;X1;Y1;E", "dangerous program"},
		{"letter that speaks of them", "a.txt", "Die Datei beginnt mit [InternetShortcut] und ist eine Verknüpfung.\n", ""},
		{"letter with a heading in brackets", "a.txt", "[Shell]\nSehr geehrte Damen und Herren der Shell AG,\n", ""},
		{"table with numbers", "a.csv", "ID;Parkausweis\n1;x\n", ""},
	}
	for _, ext := range []string{
		".url", ".scf", ".desktop", ".jnlp", ".library-ms", ".search-ms", ".searchConnector-ms", ".lnk", ".cmd", ".bat", ".ps1", ".psm1", ".vbs",
		".vbe", ".jse", ".wsf", ".wsh", ".wsc", ".sct", ".hta", ".inf", ".reg", ".rdp", ".iqy", ".slk", ".chm", ".cpl", ".pif", ".scr", ".msc",
		".application", ".appref-ms", ".settingcontent-ms", ".website", ".webloc", ".command", ".sh", ".bash", ".py", ".pl", ".rb", ".php", ".jar",
		".diagcab", ".theme", ".xll", ".applescript",
	} {
		tests = append(tests, struct{ name, file, head, want string }{"text called " + ext, "a" + ext, "plain words\n", "dangerous program"})
	}
	for _, tt := range tests {
		if _, err := Check([]byte(tt.head), tt.file); refusal(err) != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, refusal(err), tt.want)
		}
	}
}
