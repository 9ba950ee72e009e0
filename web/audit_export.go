package web

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/web/pages"
)

// export registers a route that sends the trail, narrowed like its list, as a file.
func (s *Server) export(path, summary string, fn func(*gin.Context, *acl.Desk) error) {
	op := s.operation("GET", path, summary, bytesOut|again)
	filter := reflect.TypeFor[EventsFilter]()
	for i := range filter.NumField() {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: filter.Field(i).Tag.Get("query"), In: "query", Schema: &huma.Schema{Type: huma.TypeString},
		})
	}
	op.Responses["200"] = &huma.Response{Description: "The events", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: binary()}}}
	s.document(&op, s.provenFirst(fn))
}

// exportFilter reads the filter of an export's query.
func exportFilter(c *gin.Context) (archive.TrailFilter, error) {
	in := EventsFilter{
		Akte: c.Query("akte"), Person: c.Query("person"), Actor: c.Query("actor"), Op: c.Query("op"),
		Class: c.Query("class"), Result: c.Query("result"), From: c.Query("from"), To: c.Query("to"),
		People: c.Query("people") == "true",
	}
	if !slices.Contains([]string{"", string(audit.Allow), string(audit.Deny), string(audit.Failed)}, in.Result) {
		return archive.TrailFilter{}, &archive.FieldError{Pointer: "/result", Code: "enum"}
	}
	return in.filter()
}

// sendTrail records an export and then sends it with write, row by row. Once it has begun, an error cuts
// the connection: half an export must not look like a whole one.
func (s *Server) sendTrail(c *gin.Context, desk *acl.Desk, kind, ending string, write func(io.Writer, *acl.TrailExport) error) error {
	f, err := exportFilter(c)
	if err != nil {
		return err
	}
	export, err := desk.TrailExport(c.Request.Context(), f)
	if err != nil {
		return err
	}
	c.Header("Content-Type", kind)
	c.Header("Content-Disposition", disposition(s.trailName(f, visitOf(c.Request.Context()).language)+ending))
	c.Status(http.StatusOK)
	out := bufio.NewWriterSize(c.Writer, 64<<10)
	if err = write(out, export); err == nil {
		err = out.Flush()
	}
	if err != nil {
		s.problemOf(c.Request.Context(), err) // logged
		panic(http.ErrAbortHandler)
	}
	return nil
}

// trailName is what an export is called: by the days that it is of, up to today.
func (s *Server) trailName(f archive.TrailFilter, language string) string {
	name, to := text{"protokoll", "trail"}.in(language), text{"bis", "to"}.in(language)
	last := s.Guard.Now()
	if !f.To.IsZero() && f.To.Before(last) {
		last = f.To.Add(-1)
	}
	day := func(t time.Time) string { return t.In(s.Guard.Zone).Format(time.DateOnly) }
	if !f.From.IsZero() {
		name += "-" + day(f.From)
	}
	if !f.From.IsZero() && day(f.From) == day(last) {
		return name
	}
	return name + "-" + to + "-" + day(last)
}

// exportJSON sends {"items": […], "complete": true}; complete is false where there are more.
func (s *Server) exportJSON(c *gin.Context, desk *acl.Desk) error {
	return s.sendTrail(c, desk, "application/json; charset=utf-8", ".json", func(w io.Writer, x *acl.TrailExport) error {
		if _, err := io.WriteString(w, `{"items":[`); err != nil {
			return err
		}
		between := "\n"
		whole, err := x.Rows(c.Request.Context(), func(row acl.TrailRow) error {
			data, err := json.Marshal(eventOf(row))
			if err != nil {
				return err
			}
			_, err = io.WriteString(w, between+string(data))
			between = ",\n"
			return err
		})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, "\n],\"complete\":"+strconv.FormatBool(whole)+"}\n")
		return err
	})
}

// exportTable sends a table that German Excel opens: separated by semicolons, UTF-8 with its mark.
func (s *Server) exportTable(c *gin.Context, desk *acl.Desk) error {
	language := visitOf(c.Request.Context()).language
	return s.sendTrail(c, desk, "text/csv; charset=utf-8", ".csv", func(w io.Writer, x *acl.TrailExport) error {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
		table := csv.NewWriter(w)
		table.Comma, table.UseCRLF = ';', true
		if err := table.Write(columns(language)); err != nil {
			return err
		}
		whole, err := x.Rows(c.Request.Context(), func(row acl.TrailRow) error {
			return table.Write(each(s.cells(row, language), cell))
		})
		if err == nil && !whole {
			err = table.Write([]string{text{"Es gibt weitere Ereignisse; bitte enger eingrenzen.", "There are more events; please narrow the filter."}.in(language)})
		}
		if table.Flush(); err == nil {
			err = table.Error()
		}
		return err
	})
}

// cell keeps a programme from taking a text for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

func columns(language string) []string {
	return each([]text{
		{"Jahr", "Year"}, {"Nr.", "No."}, {"Zeit", "Time"}, {"Konto", "Account"}, {"Name", "Name"}, {"Rolle", "Role"},
		{"Fachbereich", "Department"}, {"Handlung", "Act"}, {"Code", "Code"}, {"Art", "Class"}, {"Ergebnis", "Result"},
		{"Aktenzeichen", "Reference number"}, {"Gegenstand", "Object"}, {"Register", "Register"}, {"Einstufung", "Classification"},
		{"Zweck", "Purpose"}, {"Empfänger", "Recipient"}, {"Regel", "Rule"}, {"Regel in Worten", "Rule in words"},
		{"Hinweise", "Marks"}, {"Weg", "Client"}, {"Adresse", "Address"}, {"Korrelation", "Correlation"},
	}, func(t text) string { return t.in(language) })
}

// cells are an event in the order of the columns.
func (s *Server) cells(row acl.TrailRow, language string) []string {
	l := row.Leaf
	class, _ := l.Op.Class()
	numbers := each(row.Akten, func(a acl.TrailAkte) string { return a.Number })
	purpose := termName(s.Policies.Purpose, l.Purpose, language)
	if row.Case != (acl.TrailCase{}) {
		p, _ := s.Policies.Procedure(row.Case.Procedure)
		if purpose = p.Label.In(language); row.Case.Number != "" {
			purpose += " (" + row.Case.Number + ")"
		}
	}
	return []string{
		strconv.Itoa(row.Year), strconv.FormatInt(l.Seq, 10), l.When().In(s.Guard.Zone).Format(time.DateTime),
		l.Actor, row.Name, termName(s.Policies.Role, l.Role, language), termName(s.Policies.Department, l.Department, language),
		pages.DeedName(row).In(language), string(l.Op), pages.ClassName(class).In(language), pages.ResultName(l.Result).In(language),
		strings.Join(numbers, ", "), l.Object, registerName(s.Policies, l.Register, language),
		termName(s.Policies.Classification, l.Classification, language), purpose, row.Recipient, l.Rule, row.Rule.In(language),
		strings.Join(each(row.Marks, func(m acl.Mark) string { return pages.MarkName(m).In(language) }), ", "),
		l.Client, row.Address, l.Correlation,
	}
}
