package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// base is where the interface begins.
const base = "/api/v1"

// describe makes the two halves of the API and the document that describes them. huma's own pages
// and its reader of multipart bodies stay unused.
func (s *Server) describe() {
	humaErrors()
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "eakte", Version: "1",
			Description: "Electronic personal files of an authority. Times are RFC 3339 in UTC, days 2026-11-21. " +
				"Errors are application/problem+json in German or English by Accept-Language.",
		},
		Servers: []*huma.Server{{URL: base}},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"token":   {Type: "http", Scheme: "bearer"},
				"session": {Type: "apiKey", In: "cookie", Name: s.cookieName()},
			},
		},
	}
	config := huma.Config{
		OpenAPI: doc, DefaultFormat: "application/json",
		// "json" is what huma makes of application/problem+json.
		Formats: map[string]huma.Format{
			"application/json": {Marshal: marshal, Unmarshal: json.Unmarshal}, "json": {Marshal: marshal, Unmarshal: json.Unmarshal},
		},
	}
	s.openGroup = s.engine.Group(base)
	s.signedGroup = s.engine.Group(base, s.signIn)
	s.open = humagin.NewWithGroup(s.engine, s.openGroup, config)
	s.signed = humagin.NewWithGroup(s.engine, s.signedGroup, config)
}

func marshal(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }

// registry holds the schemas.
func (s *Server) registry() huma.Registry { return s.open.OpenAPI().Components.Schemas }

// publish serves the description, which is complete when all routes are there, and is written when somebody asks for it.
func (s *Server) publish() {
	description := sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.open.OpenAPI()) })
	s.openGroup.GET("/openapi.json", func(c *gin.Context) {
		body, err := description()
		if err != nil {
			s.answer(s.problemOf(c.Request.Context(), fmt.Errorf("web: describing the interface: %w", err)))(c)
			return
		}
		c.Data(http.StatusOK, "application/openapi+json", body)
	})
}

// problemSchema refers to the schema of all problems.
func (s *Server) problemSchema() *huma.Response {
	return &huma.Response{
		Description: "A problem",
		Content: map[string]*huma.MediaType{
			"application/problem+json": {Schema: huma.SchemaFromType(s.registry(), typeOf[Problem]())},
		},
	}
}

// header describes a header of a request.
func header(name, description string, required bool) *huma.Param {
	return &huma.Param{
		Name: name, In: "header", Required: required, Description: description,
		Schema: &huma.Schema{Type: huma.TypeString},
	}
}

// binary is a schema of bytes.
func binary() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "binary"} }
