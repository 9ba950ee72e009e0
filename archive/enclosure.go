package archive

import (
	"path"
	"strings"
)

// Container tells what a received file holds that is itself several files: an e-mail with what is attached
// to it, a ZIP archive.
type Container struct {
	// Sender, Subject and Date ("2026-11-21") are what it says of itself; any may be empty.
	Sender  string `json:"sender,omitempty"`
	Subject string `json:"subject,omitempty"`
	Date    string `json:"date,omitempty"`
	// Enclosures are what it holds, in its order: what became a paper of its own, and what didn't.
	Enclosures []Enclosure `json:"enclosures,omitempty"`
}

// Enclosure is a file inside a container. The received bytes of the container keep it whatever becomes of it.
type Enclosure struct {
	// Name is its cleaned file name, Title what the container says of it; either may be empty.
	Name  string `json:"name,omitempty"`
	Title string `json:"title,omitempty"`
	// Size is in bytes, unpacked.
	Size int64 `json:"size"`
	// Item is the inbox item made of it; empty: none was.
	Item InboxID `json:"item,omitempty"`
	// Left is a stable code of why none was made, and Hint one of what it is; Hint may be empty.
	Left string `json:"left,omitempty"`
	Hint string `json:"hint,omitempty"`
}

// Heading is what it may be called: what its container says of it, else its file name without its ending.
func (e Enclosure) Heading() string {
	if e.Title != "" {
		return e.Title
	}
	return strings.TrimSuffix(e.Name, path.Ext(e.Name))
}

// Enclosed says what an inbox item was unpacked from.
type Enclosed struct {
	// In is the item of the container, and Place where the enclosure stands in it, from 0.
	In    InboxID `json:"in"`
	Place int     `json:"place"`
	// Depth counts the containers around it.
	Depth int `json:"depth"`
	// Items and Bytes are how much may be unpacked out of it in turn, at most.
	Items int   `json:"items"`
	Bytes int64 `json:"bytes"`
}
