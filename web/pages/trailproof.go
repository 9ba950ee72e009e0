package pages

import (
	"net/http"
	"strconv"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// proofView is a page to print: an event and the proof that it is in the trail.
type proofView struct {
	ui.Frame
	acl.TrailProof
	// Deed is what was done, in the reader's words; File is where the same is saved.
	Deed, File string
	When       time.Time
}

// showProof proves an event.
func (p *Pages) showProof(r *request) error {
	year, yearErr := strconv.Atoi(r.Param("year"))
	seq, seqErr := strconv.ParseInt(r.Param("seq"), 10, 64)
	if yearErr != nil || seqErr != nil {
		return archive.ErrNotFound
	}
	proof, err := r.desk().ProveEvent(r.ctx(), archive.TrailPlace{Year: year, Seq: seq})
	if err != nil {
		return err
	}
	v := proofView{Frame: r.trailFrame("trail", r.say("proof.title")), TrailProof: proof, When: proof.Leaf.When(), Deed: OpName(proof.Leaf.Op).In(r.lang)}
	v.File = "/api/v1/audit/proofs/" + r.Param("year") + "/" + r.Param("seq")
	return r.show(http.StatusOK, "proof", v)
}
