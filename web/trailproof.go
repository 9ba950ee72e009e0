package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// showProof sends the text of a proof.
func (s *Server) showProof(c *gin.Context, desk *acl.Desk) error {
	year, yearErr := strconv.Atoi(c.Param("year"))
	seq, seqErr := strconv.ParseInt(c.Param("seq"), 10, 64)
	if yearErr != nil || seqErr != nil {
		return archive.ErrNotFound
	}
	proof, err := desk.ProveEvent(c.Request.Context(), archive.TrailPlace{Year: year, Seq: seq})
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+strconv.Itoa(year)+"-"+strconv.FormatInt(seq, 10)+`.proof.txt"`)
	c.Data(http.StatusOK, "text/plain; charset=utf-8", proof.Text())
	return nil
}
