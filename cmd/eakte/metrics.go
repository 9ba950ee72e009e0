package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"eakte/archive"
	"eakte/archive/audit/anchor"
)

// metrics counts what an operator watches: requests by route, never by what they are about, and
// the state of queues, index and trail at the moment of asking.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// newMetrics makes the collectors of an app that is open when they are asked.
func newMetrics(a *app) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "eakte_http_request_seconds", Help: "Time to answer a request, by route, method and status.",
			Buckets: []float64{.001, .005, .01, .03, .1, .3, 1, 3, 10, 60},
		}, []string{"route", "method", "status"}),
	}
	m.registry.MustRegister(
		m.requests, &state{a}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// observe takes note of an answered request.
func (m *metrics) observe(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

// state reads queues, index and trail when it is asked.
type state struct{ app *app }

// gauges are what state reports.
type gauges struct {
	jobs, oldest, lag, trail, free  *prometheus.Desc
	unvouched, vouched, contradicts *prometheus.Desc
}

func describe() gauges {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("eakte_"+name, help, labels, nil)
	}
	return gauges{
		jobs:   desc("jobs", "Jobs of the machine's queue, by state.", "state"),
		oldest: desc("job_oldest_seconds", "Age of the oldest waiting job; 0 where none waits."),
		lag:    desc("index_lag", "Changes the index has not taken up yet."),
		trail:  desc("trail_events", "Events in this year's trail."),
		free:   desc("objects_free_bytes", "Room left for received bytes, where it is known."),

		unvouched:   desc("trail_unvouched_events", "Events in this year's trail since the witness or the time-stamping authority vouched for it.", "by"),
		vouched:     desc("trail_vouched_seconds", "Time since the witness or the time-stamping authority vouched for the trail; absent where it never did.", "by"),
		contradicts: desc("trail_contradicted", "1 where the witness has cosigned what isn't in the trail: an older state was put back or history was rewritten."),
	}
}

// Describe implements [prometheus.Collector].
func (s *state) Describe(out chan<- *prometheus.Desc) {
	g := describe()
	for _, d := range []*prometheus.Desc{g.jobs, g.oldest, g.lag, g.trail, g.free, g.unvouched, g.vouched, g.contradicts} {
		out <- d
	}
}

// scrapeTime is how long reading the state may take.
const scrapeTime = 5 * time.Second

// Collect implements [prometheus.Collector].
func (s *state) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	g := describe()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	at, err := s.app.engine.Seq(ctx)
	if err == nil {
		err = s.app.store.View(ctx, func(r archive.Reader) error { return s.read(r, at, g, gauge) })
	}
	if err != nil {
		out <- prometheus.NewInvalidMetric(g.jobs, err)
	}
	if err := s.anchored(ctx, g, gauge); err != nil {
		out <- prometheus.NewInvalidMetric(g.contradicts, err)
	}
	if free, known := s.app.objects.Free(ctx); known {
		gauge(g.free, float64(free))
	}
}

func (s *state) read(r archive.Reader, at uint64, g gauges, gauge func(*prometheus.Desc, float64, ...string)) error {
	count, oldest, err := r.Jobs()
	if err != nil {
		return err
	}
	newest, err := r.Sequence()
	if err != nil {
		return err
	}
	size, _, err := r.TrailState()
	if err != nil {
		return err
	}
	for _, name := range []string{archive.JobWaiting, archive.JobRunning, archive.JobDone, archive.JobFailed} {
		gauge(g.jobs, float64(count[name]), name)
	}
	age := 0.0
	if !oldest.IsZero() {
		age = time.Since(oldest).Seconds()
	}
	gauge(g.oldest, age)
	gauge(g.lag, float64(newest-min(at, newest)))
	gauge(g.trail, float64(size))
	return nil
}

// anchored tells how others vouch for the trail, where anybody was asked to.
func (s *state) anchored(ctx context.Context, g gauges, gauge func(*prometheus.Desc, float64, ...string)) error {
	all, err := s.app.anchor.State(ctx)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		by string
		anchor.Standing
	}{{"witness", all.Witness}, {"timestamp", all.Stamps}} {
		if one.Name == "" {
			continue
		}
		gauge(g.unvouched, float64(one.Behind), one.by)
		if !one.At.IsZero() {
			gauge(g.vouched, time.Since(one.At).Seconds(), one.by)
		}
	}
	if all.Witness.Name != "" {
		contradicted := 0.0
		if all.Witness.Trouble == anchor.Contradicted {
			contradicted = 1
		}
		gauge(g.contradicts, contradicted)
	}
	return nil
}
