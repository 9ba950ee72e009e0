package archive

import "time"

// Job kinds.
const (
	// JobRecognise reads a version: inspect, text, then page images.
	JobRecognise = "recognise"
	// JobArrange makes new inbox items of the pages of others: see [Arranging]. Its version is that of
	// the first source.
	JobArrange = "arrange"
	// JobBundle makes a [Bundle] and has its ID; it has no version. Done and Total count documents.
	JobBundle = "bundle"
	// JobInquiry makes the package of an [Inquiry]; it has no version. Done and Total count files.
	JobInquiry = "inquiry"
)

// Job states.
const (
	JobWaiting = "waiting"
	JobRunning = "running"
	JobDone    = "done"
	JobFailed  = "failed"
)

// Ranks of jobs: those of a lower one are leased first, but for every eighth lease, which begins with the
// highest, so that nothing waits for ever.
const (
	// RankWaited is for what somebody ordered and sits waiting for.
	RankWaited = -1
	// RankBrought is for what was brought in, the usual.
	RankBrought = 0
	// RankBulk is for loads that nobody waits for, such as the papers of an import.
	RankBulk = 1
)

// Job is work for the machine. It is leased, not assumed local: a worker that dies loses its
// lease and another one takes the job up.
type Job struct {
	ID      JobID     `json:"id"`
	Kind    string    `json:"kind"`
	Version VersionID `json:"version_id"`
	State   string    `json:"state"`
	// Rank is one of those above. Lane is for whom the work is done, mostly a [UserID]: within a rank, lanes
	// take turns, so that one's thousand papers don't make another's wait.
	Rank int    `json:"rank,omitempty"`
	Lane string `json:"lane,omitempty"`
	// Step names what is being done or failed: "inspect", "text", "images".
	Step string `json:"step,omitempty"`
	// Done and Total count pages of the step; Total 0: not known yet.
	Done  int `json:"done,omitempty"`
	Total int `json:"total,omitempty"`
	// Reason is a stable code of the last failure.
	Reason string `json:"reason,omitempty"`
	// Attempts counts leases; NotBefore is when the next one may start.
	Attempts  int       `json:"attempts"`
	NotBefore time.Time `json:"not_before"`
	// Worker and LeasedUntil are the present lease.
	Worker      string    `json:"worker,omitempty"`
	LeasedUntil time.Time `json:"leased_until,omitzero"`
	Created     time.Time `json:"created"`
	// Finished is when the state became done or failed.
	Finished time.Time `json:"finished,omitzero"`
}
