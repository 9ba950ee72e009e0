package ui

// Upload is what the block "upload" shows: where files go, what is said of them, and the queue. A page
// with it lists "upload/upload.js" among its scripts; without scripts it is a form for one request.
type Upload struct {
	// Action is where the form is posted without scripts.
	Action string
	// Target is "inbox", "akte" or "document"; ID is the Akte's or the document's.
	Target, ID string
	// Limit is how many bytes a file may have.
	Limit int64
	Form  Form
	// Choices of what is said of the files.
	Departments, Channels, Types, Registers, Classifications, Cases []UploadChoice
	// Languages are those that files can be recognised in, Missing the names of those that can't be here.
	Languages []UploadChoice
	Missing   []string
	// Wide says that files may be dropped anywhere on the page, not on the block alone.
	Wide bool
}

// UploadChoice is an entry of a choice.
type UploadChoice struct{ Key, Name string }

// Reasons are the codes that a file's reading can fail with, each with words of its own.
func (Upload) Reasons() []string {
	return []string{
		"corrupt", "truncated", "page_limit", "pixel_limit", "no_pages", "not_text", "launch_action", "embedded_program",
		"tool_missing", "malware", "scan_pending",
	}
}
