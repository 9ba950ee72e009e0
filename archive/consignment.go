package archive

import "time"

// Consignment says that the paper of an Akte was handed to a scan vendor and isn't back (beim Dienstleister).
// What is in the electronic Akte is as it was.
type Consignment struct {
	Akte AkteID `json:"akte_id"`
	// Department handed it over and lists it: the lead of the Akte on that day.
	Department string `json:"department"`
	// Vendor is to whom it went.
	Vendor string `json:"vendor"`
	// Since and Expected are days, "2026-11-22"; Expected may be empty.
	Since    string    `json:"since"`
	Expected string    `json:"expected,omitempty"`
	By       UserID    `json:"by"`
	At       time.Time `json:"at"`
	// Rush is the rush order for it; nil: there is none.
	Rush *Rush `json:"rush,omitempty"`
}

// Rush asks a vendor for an Akte before its turn.
type Rush struct {
	Reason string `json:"reason"`
	// Wanted is the day on which it is needed.
	Wanted string    `json:"wanted"`
	By     UserID    `json:"by"`
	At     time.Time `json:"at"`
}

// Due is the day on which it should be back: the one expected, or that of the rush order where that is earlier;
// "" where nobody said.
func (c Consignment) Due() string {
	if c.Rush != nil && (c.Expected == "" || c.Rush.Wanted < c.Expected) {
		return c.Rush.Wanted
	}
	return c.Expected
}

// Normalise brings it into the form that is stored, or returns the first [*FieldError].
func (c *Consignment) Normalise() (err error) {
	if c.Vendor, err = NormaliseText("/vendor", c.Vendor, maxName, false); err != nil {
		return err
	}
	if c.Vendor == "" {
		return required("/vendor")
	}
	if c.Since == "" {
		return required("/since")
	}
	if err := checkDay("/since", c.Since); err != nil {
		return err
	}
	if err := checkDay("/expected", c.Expected); err != nil {
		return err
	}
	if c.Expected != "" && c.Expected < c.Since {
		return &FieldError{Pointer: "/expected", Code: "range", Detail: "not before it was handed over"}
	}
	return nil
}

// Normalise brings it into the form that is stored, or returns the first [*FieldError].
func (r *Rush) Normalise() (err error) {
	if r.Reason, err = NormaliseText("/reason", r.Reason, maxNote, true); err != nil {
		return err
	}
	if r.Reason == "" {
		return required("/reason")
	}
	if r.Wanted == "" {
		return required("/wanted")
	}
	return checkDay("/wanted", r.Wanted)
}
