package office

import (
	"errors"
	"fmt"
)

// Facts are what a file's structure tells.
type Facts struct {
	// Format is the extension of what the file really is: "docx", "odt", "doc", "rtf" …
	Format   string `json:"format"`
	Macros   bool   `json:"macros,omitempty"`   // holds programs that an office program could run
	Links    bool   `json:"links,omitempty"`    // loads something from elsewhere when it is opened: a template, a picture, data
	Embedded bool   `json:"embedded,omitempty"` // holds objects of other programs
	Program  bool   `json:"program,omitempty"`  // one of these objects is a program
	Signed   bool   `json:"signed,omitempty"`   // carries a signature; not checked
	// Wordless says that no text could be taken out without an office program.
	Wordless bool `json:"wordless,omitempty"`
}

// Refused is the reason why a file can't be read. It is final.
type Refused struct{ Code string }

// Error returns the code.
func (r *Refused) Error() string { return "office: file can't be read: " + r.Code }

// Codes of [Refused]. They are those of package pdf where they mean the same.
const (
	Encrypted     = "encrypted"           // needs a password
	Corrupt       = "corrupt"             // isn't what it began as
	DecodeLimit   = "decompression_limit" // unpacks to more than allowed
	NestingLimit  = "nesting_limit"       // elements nested deeper than allowed
	ResourceLimit = "resource_limit"      // reading it took more time or memory than allowed
	ToolMissing   = "tool_missing"        // only LibreOffice could read it, and it isn't installed
)

func refuse(code string) error { return &Refused{Code: code} }

// IsRefused returns the code of a [Refused] in err's chain, or "".
func IsRefused(err error) string {
	var r *Refused
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("office: %s: %w", doing, err)
}
