package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
)

// incidentPlain is what isn't sealed of an incident.
type incidentPlain struct {
	Known    time.Time      `cbor:"1,keyasint"`
	Actor    archive.UserID `cbor:"2,keyasint,omitempty"`
	From     time.Time      `cbor:"3,keyasint"`
	To       time.Time      `cbor:"4,keyasint"`
	Risk     string         `cbor:"5,keyasint,omitempty"`
	Notified time.Time      `cbor:"6,keyasint"`
	Told     time.Time      `cbor:"7,keyasint"`
	State    string         `cbor:"8,keyasint"`
	By       archive.UserID `cbor:"9,keyasint"`
	At       time.Time      `cbor:"10,keyasint"`
	Revision int64          `cbor:"11,keyasint"`
}

// incidentSecret is sealed under the incident's own key.
type incidentSecret struct {
	Title      string         `cbor:"1,keyasint"`
	What       string         `cbor:"2,keyasint"`
	Measures   string         `cbor:"3,keyasint,omitempty"`
	Assessment string         `cbor:"4,keyasint,omitempty"`
	Steps      []incidentStep `cbor:"5,keyasint,omitempty"`
}

// incidentStep has the fields of the domain type.
type incidentStep struct {
	By    archive.UserID `cbor:"1,keyasint"`
	At    time.Time      `cbor:"2,keyasint"`
	State string         `cbor:"3,keyasint"`
	Note  string         `cbor:"4,keyasint,omitempty"`
}

func incidentOwner(id archive.IncidentID) string { return "incident/" + string(id) }

// Incident implements [archive.Reader].
func (r *reader) Incident(id archive.IncidentID) (archive.Incident, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Incident{}, missing("incident")
	}
	return r.incident(key)
}

func (r *reader) incident(key []byte) (archive.Incident, error) {
	value := r.value(bIncident, key)
	if value == nil {
		return archive.Incident{}, missing("incident")
	}
	id := idOf[archive.IncidentID](key)
	var plain incidentPlain
	var secret incidentSecret
	s, err := r.store.codec.decode(bIncident, key, value, &plain)
	if err != nil {
		return archive.Incident{}, fmt.Errorf("incident %s: %w", id, err)
	}
	box, err := r.store.keys.box(incidentOwner(id))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Incident{}, fmt.Errorf("incident %s: %w", id, err)
	}
	i := archive.Incident{
		ID: id, Title: secret.Title, What: secret.What, KnownSince: plain.Known, Actor: plain.Actor, From: plain.From, To: plain.To,
		Measures: secret.Measures, Assessment: secret.Assessment, Risk: plain.Risk, Notified: plain.Notified, Told: plain.Told,
		State: plain.State, By: plain.By, At: plain.At, Revision: plain.Revision,
	}
	for _, step := range secret.Steps {
		i.Steps = append(i.Steps, archive.IncidentStep(step))
	}
	return i, nil
}

// Incidents implements [archive.Reader].
func (r *reader) Incidents(after archive.Position) archive.List[archive.Incident] {
	return rows(r, span{bucket: bIncident, after: after, down: true}, func(p pair) (archive.Incident, error) { return r.incident(p.key) })
}

// PutIncident implements [archive.Tx].
func (t *transaction) PutIncident(i archive.Incident) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("incident", i.ID)
	if err != nil {
		return err
	}
	old, err := t.incident(key)
	fresh, err := absent(err)
	if err != nil {
		return err
	}
	if err := revision("incident", fresh, old.Revision, i.Revision); err != nil {
		return err
	}
	if !fresh && (old.State == archive.IncidentClosed || !old.At.Equal(i.At) || old.By != i.By) {
		return invalid("incident", "a closed one stays as it is, and who began it, too")
	}
	plain := incidentPlain{
		Known: i.KnownSince, Actor: i.Actor, From: i.From, To: i.To, Risk: i.Risk, Notified: i.Notified, Told: i.Told,
		State: i.State, By: i.By, At: i.At, Revision: i.Revision,
	}
	secret := incidentSecret{Title: i.Title, What: i.What, Measures: i.Measures, Assessment: i.Assessment}
	for _, step := range i.Steps {
		secret.Steps = append(secret.Steps, incidentStep(step))
	}
	return t.storeSealed(bIncident, key, plain, incidentOwner(i.ID), secret)
}

func (c *checker) incidents() error {
	return c.each(bIncident, func(key, _ []byte) error {
		_, err := c.incident(key)
		return err
	})
}
