package boltstore

import "eakte/archive"

// plainScan takes a scan apart: reasons go into the sealed part.
func plainScan(s *archive.Scan, secret *versionSecret) *scanPlain {
	if s == nil {
		return nil
	}
	p := &scanPlain{At: s.At, Found: s.Found}
	if w := s.Asked; w != nil {
		p.Asked, secret.Asked = &wordPlain{By: w.By, At: w.At}, w.Reason
	}
	if w := s.Released; w != nil {
		p.Released, secret.Released = &wordPlain{By: w.By, At: w.At}, w.Reason
	}
	return p
}

func (p *scanPlain) scan(secret versionSecret) *archive.Scan {
	if p == nil {
		return nil
	}
	return &archive.Scan{At: p.At, Found: p.Found, Asked: p.Asked.word(secret.Asked), Released: p.Released.word(secret.Released)}
}

func (w *wordPlain) word(reason string) *archive.ScanWord {
	if w == nil {
		return nil
	}
	return &archive.ScanWord{By: w.By, At: w.At, Reason: reason}
}
