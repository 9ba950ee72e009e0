package archive

import "time"

// Reasons of a quarantined version that a scanner gives. Nobody reads or takes out the bytes of such a
// version, or of one that waits for its scan, before two persons have released it: see [Version.Held].
const (
	// ReasonMalware says that the scanner knows the bytes as malware: [Scan.Found].
	ReasonMalware = "malware"
	// ReasonScanPending says that the scanner doesn't answer; it is asked again and again.
	ReasonScanPending = "scan_pending"
)

// Reasons of a quarantined version that reading it gives: see [Version.Risky].
const (
	// ReasonLaunch says that the file starts a program when it is opened.
	ReasonLaunch = "launch_action"
	// ReasonProgram says that a program is in it.
	ReasonProgram = "embedded_program"
)

// Scan is the search of received bytes for malware, and what people made of it, or of what reading found.
type Scan struct {
	// At is when the scanner answered; zero: the bytes wait for it.
	At time.Time `json:"at,omitzero"`
	// Found is the signature that it knows them by; empty: none.
	Found string `json:"found,omitempty"`
	// Asked is that somebody wants the bytes released; nil: nobody does, or it was declined.
	Asked *ScanWord `json:"asked,omitempty"`
	// Released is that somebody else agreed.
	Released *ScanWord `json:"released,omitempty"`
}

// ScanWord is what somebody said about the release of a quarantined version.
type ScanWord struct {
	By     UserID    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Held reports whether the scan, or what reading found, keeps everybody from the bytes and from what could be
// made of them.
func (v Version) Held() bool {
	s := v.Scan
	switch {
	case s != nil && s.Released != nil:
		return false
	case v.Risky():
		return true
	}
	return s != nil && (s.At.IsZero() || s.Found != "")
}

// Risky reports whether reading found that the file starts or carries a program. Scanners know nothing of it,
// and somebody has to look at it to tell whether it is wanted.
func (v Version) Risky() bool {
	return v.State == StateQuarantined && (v.Reason == ReasonLaunch || v.Reason == ReasonProgram)
}
