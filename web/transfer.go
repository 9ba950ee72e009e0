package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// transferView is the transfer note of a scanned version, and what was said about the scan.
type transferView struct {
	Number    int               `json:"version" doc:"From 1"`
	State     string            `json:"state" doc:"open, approved, returned (to be scanned again), released (the paper may be destroyed)"`
	Approval  bool              `json:"approval" doc:"The type asks for the approval of a second person"`
	Unused    bool              `json:"unapproved" doc:"Waits for that approval, or was sent back"`
	By        archive.UserID    `json:"by" doc:"Who brought the scan in"`
	At        time.Time         `json:"at"`
	Device    string            `json:"device,omitempty" doc:"As the file says of itself; nobody vouches for it"`
	Software  string            `json:"software,omitempty" doc:"As the file says of itself"`
	Made      string            `json:"made,omitempty" doc:"When, by the device's own clock"`
	Pages     int               `json:"pages"`
	Settings  []settingView     `json:"settings"`
	Anomalies []anomalyView     `json:"anomalies"`
	Faults    []anomalyView     `json:"faults" doc:"What the profile of the document's type finds wanting: less_colour, low_dpi"`
	Words     []qualityWordView `json:"words" doc:"Oldest first; none is ever changed"`
	Noted     time.Time         `json:"noted"`
}

type settingView struct {
	First     int    `json:"first"`
	Last      int    `json:"last"`
	DPI       int    `json:"dpi,omitempty"`
	Estimated bool   `json:"estimated,omitempty" doc:"The file doesn't say: the dots of a sheet of A4"`
	Colour    string `json:"colour,omitempty" doc:"bw, gray, colour"`
}

type anomalyView struct {
	Code  string `json:"code"`
	Pages []int  `json:"pages,omitempty" doc:"From 1; none: the whole"`
}

type qualityWordView struct {
	What       string         `json:"what" doc:"approved, returned, released"`
	By         archive.UserID `json:"by"`
	At         time.Time      `json:"at"`
	Department string         `json:"department"`
	Reason     string         `json:"reason,omitempty"`
	Faults     []string       `json:"faults,omitempty" doc:"What the profile found wanting then"`
}

func transferOf(t acl.TransferView) transferView {
	v := transferView{
		Number: t.Number, State: t.State, Approval: t.Approval, Unused: t.Unapproved(), By: t.By, At: t.At.UTC(), Device: t.Device,
		Software: t.Software, Made: t.Made, Pages: t.Pages, Noted: t.Noted.UTC(), Settings: []settingView{},
		Anomalies: each(t.Anomalies, anomalyOf), Faults: each(t.Faults, anomalyOf), Words: []qualityWordView{},
	}
	for _, s := range t.Settings {
		v.Settings = append(v.Settings, settingView(s))
	}
	for _, w := range t.Words {
		v.Words = append(v.Words, qualityWordView{w.What, w.By, w.At.UTC(), w.Department, w.Reason, w.Faults})
	}
	return v
}

func anomalyOf(a archive.Anomaly) anomalyView { return anomalyView(a) }

// transfers are the routes to transfer notes and to what is said about scans.
func (s *Server) transfers() {
	handle(s, "GET", "/documents/{id}/transfer", "The transfer notes of those versions that are scans, oldest first", purposed, s.listTransfers)
	handle(s, "POST", "/documents/{id}/judge", "Approve the newest scan of a document, or send it back to be scanned again", purposed, s.judgeScan)
}

func (s *Server) listTransfers(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[list[transferView]], error) {
	doc, err := documentNamed(ctx, desk, in)
	if err != nil {
		return nil, err
	}
	return &answer[list[transferView]]{list[transferView]{Items: each(doc.Transfers, transferOf)}}, nil
}

type judgeBody struct {
	Version int    `json:"version" minimum:"1" doc:"The number of the version that was looked at; a newer one is 412"`
	Word    string `json:"word" enum:"approved,returned"`
	Reason  string `json:"reason,omitempty" maxLength:"4000" doc:"Needed to send it back"`
}

func (s *Server) judgeScan(ctx context.Context, desk *acl.Desk, in *sending[judgeBody]) (*answer[list[transferView]], error) {
	id, body, err := sent[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	doc, err := desk.Judge(ctx, id, body.Version, body.Word, body.Reason)
	if err != nil {
		return nil, err
	}
	return &answer[list[transferView]]{list[transferView]{Items: each(doc.Transfers, transferOf)}}, nil
}
