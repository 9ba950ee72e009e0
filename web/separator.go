package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// separators are the routes to sheets that are put between papers.
func (s *Server) separators() {
	s.raw("GET", "/separators.pdf", "Separator sheets to print: ?plain= how many, ?type= and ?akte=, repeated", purposed|bytesOut, s.printSeparators)
}

func (s *Server) printSeparators(c *gin.Context, desk *acl.Desk) error {
	o := acl.SeparatorOrder{Types: c.QueryArray("type"), Language: visitOf(c.Request.Context()).language}
	if given := c.Query("plain"); given != "" {
		n, err := strconv.Atoi(given)
		if err != nil {
			return &archive.FieldError{Pointer: "/plain", Code: "range", Detail: "a number of sheets"}
		}
		o.Plain = n
	}
	for _, id := range c.QueryArray("akte") {
		akte, err := archive.ParseID[archive.AkteID](id)
		if err != nil {
			return err
		}
		o.Akten = append(o.Akten, akte)
	}
	data, err := desk.Separators(c.Request.Context(), o)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", disposition("Trennblaetter.pdf"))
	c.Header("Content-Security-Policy", sandboxed)
	c.Data(http.StatusOK, "application/pdf", data)
	return nil
}
