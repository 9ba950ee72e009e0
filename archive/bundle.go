package archive

import (
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// BundleID names a [Bundle]. It is that of the job that makes it.
type BundleID string

// BundleKept is for how long a bundle can be fetched.
const BundleKept = 24 * time.Hour

// Bundle is documents of an Akte as one PDF, made for one person and kept for a while.
type Bundle struct {
	ID   BundleID `json:"id"`
	Akte AkteID   `json:"akte_id"`
	// Maker asked for it, and she alone gets it.
	Maker UserID `json:"maker"`
	// Purpose is the one she stated: a code or "case:ID".
	Purpose string `json:"purpose"`
	// Language of cover, contents and sheet numbers: "de" or "en".
	Language string `json:"language"`
	// Documents are in the order in which they follow each other.
	Documents []BundleDocument `json:"documents"`
	// Chosen says that she chose documents or registers; else all that she may see are meant.
	Chosen bool `json:"chosen,omitempty"`
	// Recipient is the body outside the authority that gets it, and Reason why; both may be empty.
	Recipient string `json:"recipient,omitempty"`
	Reason    string `json:"reason,omitempty"`
	// Object is the PDF; zero until made. Content is the key it is sealed under.
	Object  Object    `json:"object,omitzero"`
	Content seal.Key  `json:"-"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// BundleDocument is a document in a bundle, as it was when it was asked for.
type BundleDocument struct {
	Document DocumentID `json:"document"`
	Version  VersionID  `json:"version"`
}

// ExpiredBundle is what is left to do for a bundle whose time is over.
type ExpiredBundle struct {
	ID   BundleID
	Akte AkteID
	// Ref is its object; empty where it was never made.
	Ref blob.Ref
}
