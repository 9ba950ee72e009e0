package unpack

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plainHTML is the text of a page. Nothing it refers to is fetched; where a link goes is written out.
func plainHTML(source string) string {
	w := &htmlText{}
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(w.out.String())
		case html.TextToken:
			w.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			w.open(z.Token())
		case html.EndTagToken:
			w.close(z.Token())
		}
	}
}

// htmlText writes text as a page would break it into lines.
type htmlText struct {
	out    strings.Builder
	hidden int // inside of what isn't shown
	lines  int // line ends at the end of out
	space  bool
	pre    int
	link   string
	said   strings.Builder // text of the link
}

func (w *htmlText) write(s string) {
	w.out.WriteString(s)
	w.lines = 0
	if w.link != "" {
		w.said.WriteString(s)
	}
}

func (w *htmlText) breakLine(n int) {
	for w.space = false; w.lines < n && w.out.Len() > 0; w.lines++ {
		w.out.WriteByte('\n')
	}
}

func (w *htmlText) text(s string) {
	if w.hidden > 0 {
		return
	}
	s = html.UnescapeString(s)
	if w.pre > 0 {
		w.write(s)
		return
	}
	if strings.TrimLeft(s, " \t\r\n\f\u00a0") != s {
		w.space = true
	}
	for word := range strings.FieldsSeq(s) {
		if w.space && w.lines == 0 && w.out.Len() > 0 {
			w.write(" ")
		}
		w.write(word)
		w.space = true
	}
	w.space = strings.TrimRight(s, " \t\r\n\f\u00a0") != s || strings.TrimSpace(s) == "" && w.space
}

func (w *htmlText) open(t html.Token) {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript, atom.Object, atom.Svg:
		if t.Type == html.StartTagToken {
			w.hidden++
		}
	case atom.Body:
		w.hidden = 0
	case atom.Br:
		if w.hidden == 0 {
			w.out.WriteByte('\n')
			w.lines, w.space = w.lines+1, false
		}
	case atom.P, atom.Table, atom.Ul, atom.Ol, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.Hr:
		w.breakLine(2)
	case atom.Div, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer:
		w.breakLine(1)
	case atom.Li:
		w.breakLine(1)
		w.write("- ")
	case atom.Td, atom.Th:
		w.space = true
	case atom.Pre:
		w.breakLine(1)
		w.pre++
	case atom.A:
		w.said.Reset()
		w.link = strings.TrimSpace(attribute(t, "href"))
	case atom.Img:
		if alt := strings.Join(strings.Fields(attribute(t, "alt")), " "); alt != "" && w.hidden == 0 {
			w.write(" [Bild: " + alt + "] ")
		}
	}
}

func (w *htmlText) close(t html.Token) {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript, atom.Object, atom.Svg:
		w.hidden = max(0, w.hidden-1)
	case atom.P, atom.Table, atom.Ul, atom.Ol, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4:
		w.breakLine(2)
	case atom.Div, atom.Tr, atom.Li:
		w.breakLine(1)
	case atom.Pre:
		w.pre = max(0, w.pre-1)
		w.breakLine(1)
	case atom.A:
		link, said := w.link, strings.TrimSpace(w.said.String())
		w.link = ""
		web := strings.HasPrefix(link, "http://") || strings.HasPrefix(link, "https://")
		if web && w.hidden == 0 && len(link) < 500 && strings.TrimSuffix(link, "/") != strings.TrimSuffix(said, "/") {
			w.write(" <" + link + ">")
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
