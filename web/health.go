package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// health serves what a supervisor asks: whether the process lives, and whether it can work. The
// answers tell nobody why.
func (s *Server) health() {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		s.engine.Handle(method, "/livez", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
		s.engine.Handle(method, "/readyz", s.readyz)
	}
}

func (s *Server) readyz(c *gin.Context) {
	if s.Ready != nil {
		if err := s.Ready(c.Request.Context()); err != nil {
			s.Log.WarnContext(c.Request.Context(), "not ready", "error", err)
			c.Header("Retry-After", "5")
			c.String(http.StatusServiceUnavailable, "not ready\n")
			return
		}
	}
	c.String(http.StatusOK, "ready\n")
}
