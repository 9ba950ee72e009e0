package main

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestMetricsTellStatesAndRoutesOnly(t *testing.T) {
	data := t.TempDir()
	c := &cli{talk: &talk{}}
	cfg, err := loadConfig(data, "", readerSaid())
	if err != nil {
		t.Fatal(err)
	}
	err = c.withApp(t.Context(), cfg, func(a *app) error {
		a.metrics.observe("/api/v1/akten/{id}", "GET", 404, time.Millisecond)
		w := httptest.NewRecorder()
		a.metrics.handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		for _, want := range []string{
			`eakte_http_request_seconds_count{method="GET",route="/api/v1/akten/{id}",status="404"} 1`,
			`eakte_jobs{state="waiting"} 0`, "eakte_index_lag 0", "eakte_trail_events", "process_resident_memory_bytes",
		} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("metrics lack %q", want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
