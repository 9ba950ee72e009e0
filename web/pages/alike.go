package pages

import (
	"eakte/acl"
	"eakte/archive"
)

// likely is the score from which an Akte is looked into for the same paper before it is chosen.
const likely = 80

// alike finds the same paper, received another time, in the basket and in the Akten that are chosen or likely.
func (p *Pages) alike(r *request, view inboxPage) ([]acl.AlikeView, error) {
	if view.Item.State != archive.StateReady || view.Busy {
		return nil, nil
	}
	var akten []archive.AkteID
	for _, chosen := range view.Chosen {
		if id, err := archive.ParseID[archive.AkteID](chosen.Key); err == nil && len(akten) < mostCompared {
			akten = append(akten, id)
		}
	}
	for _, s := range view.Proposed {
		if s.Score >= likely && len(akten) < mostCompared {
			akten = append(akten, s.ID)
		}
	}
	return r.intake().Alike(r.ctx(), view.Item.ID, akten)
}

// mostCompared is into how many Akten is looked.
const mostCompared = 20

// openBeside opens a paper that is like the item, or of the same bytes, to be shown beside it, and returns the Akte
// for which she said with it what for.
func (r *request) openBeside(id archive.InboxID, beside string) (archive.AkteID, error) {
	if beside == "" {
		return r.desk().OpenTwin(r.ctx(), id, forIntake)
	}
	if other, err := archive.ParseID[archive.InboxID](beside); err == nil {
		if item, err := r.intake().InboxItem(r.ctx(), other); err == nil && item.MayWork {
			return "", nil
		}
	}
	document, err := archive.ParseID[archive.DocumentID](beside)
	if err != nil {
		return "", err
	}
	return r.desk().OpenAlike(r.ctx(), id, document, forIntake)
}
