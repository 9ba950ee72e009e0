package acl_test

import (
	"slices"
	"testing"
)

func TestSuggestionsOfAZone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		page string
		want []string
	}{
		"passport": {
			"PASSPORT Utopia P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< L898902C36UTO7408122F1204159ZE184226B<<<<<10",
			[]string{"type=reisepass", "family=ERIKSSON", "given=ANNA MARIA", "birth_date=1974-08-12", "document_number=L898902C3", "nationality=UTO", "expiry=2012-04-15"},
		},
		"number with a wrong digit": {
			"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< L898902C46UTO7408122F1204159ZE184226B<<<<<10",
			[]string{"type=reisepass", "family=ERIKSSON", "given=ANNA MARIA", "birth_date=1974-08-12", "document_number=L898902C4?", "nationality=UTO", "expiry=2012-04-15"},
		},
		"card": {
			"I<UTOD231458907<<<<<<<<<<<<<<< 7408122F1204159UTO<<<<<<<<<<<6 ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
			[]string{"type=id_karte_ausland", "family=ERIKSSON", "given=ANNA MARIA", "birth_date=1974-08-12", "document_number=D23145890", "nationality=UTO", "expiry=2012-04-15"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, ctx := openDesks(t), t.Context()
			item := d.Post(d.one, "poststelle", c.page)
			d.Settle()
			var said []string
			for _, s := range must(d.two.InboxItem(ctx, item.ID))(t).Suggestions {
				mark := ""
				if s.Doubt {
					mark = "?"
				}
				said = append(said, s.Field+"="+s.Value+mark)
				if s.W <= 0 || s.Page != 1 || s.Text == "" {
					t.Errorf("%s has no place: %+v", s.Field, s)
				}
			}
			if !slices.Equal(said, c.want) {
				t.Errorf("suggested %q, want %q", said, c.want)
			}
		})
	}
}
