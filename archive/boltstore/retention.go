package boltstore

import (
	"time"

	"eakte/archive"
)

// closingPlain has the fields of the domain type.
type closingPlain struct {
	On   string `cbor:"1,keyasint"`
	Rule string `cbor:"2,keyasint,omitempty"`
	From string `cbor:"3,keyasint,omitempty"`
}

func plainClosing(c *archive.Closing) *closingPlain {
	if c == nil {
		return nil
	}
	p := closingPlain(*c)
	return &p
}

func (p *closingPlain) closing() *archive.Closing {
	if p == nil {
		return nil
	}
	c := archive.Closing(*p)
	return &c
}

// holdPlain is a legal hold without its reason.
type holdPlain struct {
	Until string         `cbor:"1,keyasint"`
	By    archive.UserID `cbor:"2,keyasint"`
	At    time.Time      `cbor:"3,keyasint"`
}

// splitHold takes the reason out of a hold.
func splitHold(h *archive.LegalHold) (*holdPlain, string) {
	if h == nil {
		return nil, ""
	}
	return &holdPlain{Until: h.Until, By: h.By, At: h.At}, h.Reason
}

func (p *holdPlain) hold(reason string) *archive.LegalHold {
	if p == nil {
		return nil
	}
	return &archive.LegalHold{Reason: reason, Until: p.Until, By: p.By, At: p.At}
}

// offerPlain has the fields of the domain type.
type offerPlain struct {
	On       string `cbor:"1,keyasint"`
	Answer   string `cbor:"2,keyasint,omitempty"`
	Answered string `cbor:"3,keyasint,omitempty"`
}

func plainOffer(o *archive.Offer) *offerPlain {
	if o == nil {
		return nil
	}
	p := offerPlain(*o)
	return &p
}

func (p *offerPlain) offer() *archive.Offer {
	if p == nil {
		return nil
	}
	o := archive.Offer(*p)
	return &o
}

// closedKey is where a closed Akte stands among those kept by the same rule; nil for an open one.
func closedKey(a archive.Akte, key []byte) []byte {
	if a.Closing == nil {
		return nil
	}
	day := a.Closing.Since()
	if day == "" {
		day = "~"
	}
	return join(closedBy(a.Closing.Rule, a.Plan), word(day), key)
}

// closedBy is the beginning of the keys of those kept by a rule or else as a unit of the file plan says.
func closedBy(rule, plan string) []byte {
	if rule != "" {
		plan = ""
	}
	return join(word(rule), word(plan))
}

// Closed implements [archive.Reader].
func (r *reader) Closed(rule, plan string, after archive.Position) archive.List[archive.ClosedAkte] {
	return rows(r, span{bucket: bAkteClosed, prefix: closedBy(rule, plan), after: after}, func(p pair) (archive.ClosedAkte, error) {
		day, _ := cutWord(p.key)
		if day == "~" {
			day = ""
		}
		return archive.ClosedAkte{Akte: idOf[archive.AkteID](p.key), Since: day}, nil
	})
}
