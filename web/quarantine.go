package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// quarantineView is how a paper stands that the search for malware holds back.
type quarantineView struct {
	Held     bool                `json:"held" doc:"Nobody gets at the bytes"`
	Found    string              `json:"found,omitempty" doc:"The signature they are known by; empty while they wait for the scanner"`
	Risk     string              `json:"risk,omitempty" doc:"What reading found: launch_action, embedded_program"`
	MayFetch bool                `json:"may_fetch" doc:"I get the bytes to judge them, each time with ?warned=true"`
	Asked    *quarantineWordView `json:"asked,omitempty" doc:"Who wants them released"`
	Released *quarantineWordView `json:"released,omitempty" doc:"Who granted that"`
}

type quarantineWordView struct {
	By     archive.UserID `json:"by"`
	Name   string         `json:"name"`
	At     time.Time      `json:"at"`
	Reason string         `json:"reason"`
}

// quarantineOf is nil where nothing is, or was, held back.
func quarantineOf(q acl.QuarantineView) *quarantineView {
	if q == (acl.QuarantineView{}) {
		return nil
	}
	return &quarantineView{q.Held, q.Found, q.Risk, q.MayFetch, quarantineWordOf(q.Asked), quarantineWordOf(q.Released)}
}

func quarantineWordOf(w *acl.QuarantineWord) *quarantineWordView {
	if w == nil {
		return nil
	}
	return &quarantineWordView{w.By, w.Name, w.At.UTC(), w.Reason}
}

type quarantineBody struct {
	Word   string `json:"word" enum:"ask,release,decline" doc:"ask for the release; release or decline what somebody else asked for"`
	Reason string `json:"reason" maxLength:"4000"`
}

// quarantineInboxItem says something about the release of an item.
func (s *Server) quarantineInboxItem(ctx context.Context, desk *acl.Desk, in *sending[quarantineBody]) (*struct{}, error) {
	id, body, err := sent[archive.InboxID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.Quarantine(ctx, acl.Holder{Inbox: id}, body.Word, body.Reason)
}

// quarantineDocument says something about the release of a document's newest version.
func (s *Server) quarantineDocument(ctx context.Context, desk *acl.Desk, in *sending[quarantineBody]) (*struct{}, error) {
	id, body, err := sent[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.Quarantine(ctx, acl.Holder{Document: id}, body.Word, body.Reason)
}
