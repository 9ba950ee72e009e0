package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// jobView is how far the machine is.
type jobView struct {
	ID       archive.JobID `json:"id"`
	Kind     string        `json:"kind"`
	State    string        `json:"state" doc:"waiting, running, done, failed"`
	Step     string        `json:"step,omitempty"`
	Done     int           `json:"done" doc:"Pages of the step that are done; documents of a bundle"`
	Total    int           `json:"total" doc:"Pages of the step; 0: not known yet"`
	Reason   string        `json:"reason,omitempty"`
	Attempts int           `json:"attempts"`
	Created  time.Time     `json:"created"`
	Finished *time.Time    `json:"finished,omitempty"`
}

func jobOf(j archive.Job) jobView {
	v := jobView{
		ID: j.ID, Kind: j.Kind, State: j.State, Step: j.Step, Done: j.Done, Total: j.Total, Reason: j.Reason,
		Attempts: j.Attempts, Created: j.Created.UTC(),
	}
	if !j.Finished.IsZero() {
		at := j.Finished.UTC()
		v.Finished = &at
	}
	return v
}

func (s *Server) showJob(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[jobView], error) {
	id, err := archive.ParseID[archive.JobID](in.ID)
	if err != nil {
		return nil, err
	}
	job, err := desk.Job(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[jobView]{jobOf(job)}, nil
}

// cancelJob ends a job that I started.
func (s *Server) cancelJob(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.JobID](c)
	if err != nil {
		return err
	}
	if err := desk.CancelJob(c.Request.Context(), id); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// retryJob answers with the job that takes the place of the failed one.
func (s *Server) retryJob(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[jobView], error) {
	id, err := archive.ParseID[archive.JobID](in.ID)
	if err != nil {
		return nil, err
	}
	job, err := desk.Retry(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[jobView]{jobOf(job)}, nil
}
