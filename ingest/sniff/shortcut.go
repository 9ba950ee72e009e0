package sniff

import (
	"bytes"
	"path"
	"strings"
)

// shortcut recognises text on which a desktop or shell would act when it is opened: shortcuts, batch
// and registry files, descriptions of what to fetch and start.
func shortcut(head []byte) bool {
	text := bytes.TrimSpace(bytes.ToLower(plainText(head)))
	for _, start := range []string{"@echo off", "windows registry editor version", "regedit4", "id;pwxl", "id;p\n", "id;p\r"} {
		if bytes.HasPrefix(text, []byte(start)) {
			return true
		}
	}
	if bytes.HasPrefix(text, []byte("<")) {
		for _, tag := range []string{"<jnlp", "<librarydescription", "<searchconnectordescription", "<persistedquery", "<scriptlet>", "<job>", "<job ", "<asmv1:assembly", "<pcsettings"} {
			if bytes.Contains(text, []byte(tag)) {
				return true
			}
		}
		return false
	}
	shell, commands := false, false
	for line := range bytes.Lines(text) {
		switch line = bytes.TrimSpace(line); {
		case string(line) == "[internetshortcut]", string(line) == "[desktop entry]":
			return true
		case string(line) == "[shell]":
			shell = true
		case bytes.HasPrefix(line, []byte("command=")), bytes.HasPrefix(line, []byte("iconfile=")):
			commands = true
		}
	}
	return shell && commands
}

// plainText drops what stands between the letters in UTF-16, and a byte order mark.
func plainText(head []byte) []byte {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if text, ok := bytes.CutPrefix(head, []byte(mark)); ok {
			return bytes.ReplaceAll(text, []byte{0}, nil)
		}
	}
	return bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
}

// starts reports whether a name has an extension that a desktop or shell acts on.
func starts(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".exe", ".com", ".bat", ".cmd", ".scr", ".pif", ".cpl", ".msc", ".msi", ".msp", ".jar", ".xll", ".gadget",
		".ps1", ".ps1xml", ".ps2", ".psc1", ".psd1", ".psm1", ".vb", ".vbs", ".vbe", ".jse", ".wsf", ".wsh", ".wsc", ".ws", ".sct", ".hta", ".chm", ".hlp",
		".url", ".website", ".webloc", ".lnk", ".scf", ".desktop", ".jnlp", ".application", ".appref-ms", ".library-ms", ".search-ms",
		".searchconnector-ms", ".settingcontent-ms", ".rdp", ".theme", ".themepack", ".inf", ".ins", ".isp", ".reg", ".iqy", ".slk", ".diagcab", ".diagcfg",
		".sh", ".bash", ".zsh", ".csh", ".ksh", ".fish", ".command", ".tool", ".workflow", ".applescript", ".scpt", ".terminal",
		".py", ".pyw", ".pl", ".rb", ".php", ".lua", ".tcl", ".ahk", ".au3":
		return true
	}
	return false
}
