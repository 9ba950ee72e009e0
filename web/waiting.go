package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"eakte/archive"
	"eakte/web/pages"
)

// Waiting answers in the place of a [Server] that isn't there yet, or not any more: everybody is told to
// come again, a browser by a page that comes again by itself and has kept what was sent to it. Of cfg only
// Secure and PagesDir count.
func Waiting(cfg Config) (http.Handler, error) {
	shown, err := pages.NewWaiting(cfg.PagesDir)
	if err != nil {
		return nil, err
	}
	s := &Server{Config: cfg}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{id: archive.NewID[string](), language: preferred(r.Header.Get("Accept-Language"))}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		s.protect(w.Header(), v.id)
		w.Header().Set("Connection", "close") // the next request may meet the server
		said := problem{kind: "maintenance"}.in(v.language, v.id)
		w.Header().Set("Retry-After", strconv.Itoa(kindOf("maintenance").retry))
		switch {
		case r.URL.Path == "/livez":
			_, _ = w.Write([]byte("ok\n")) // a supervisor that is gone hears nothing
		case r.URL.Path == "/readyz":
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		case strings.HasPrefix(r.URL.Path, "/static/"):
			shown.Static().ServeHTTP(w, r)
		case wantsPage(r) && shown.Show(w, r, v.language, pages.Problem{
			Status: said.Status, Kind: "maintenance", Title: said.Title, Detail: said.Detail, Retry: kindOf("maintenance").retry,
		}) == nil:
		default:
			s.write(w, r, problem{kind: "maintenance"})
		}
	}), nil
}
