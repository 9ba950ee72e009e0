package storetest

import (
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

func testChanged(b *bench) {
	one, two := b.Changed(), b.Changed()
	refused := errors.New("refused")
	if err := b.try(audit.OpUpload, func(archive.Tx) error { return refused }); !errors.Is(err, refused) {
		b.t.Fatal(err)
	}
	b.view(func(archive.Reader) error { return nil })
	select {
	case <-one:
		b.t.Error("told of a change where nothing was stored")
	default:
	}
	b.newAkte()
	for _, c := range []<-chan struct{}{one, two} {
		select {
		case <-c:
		case <-time.After(5 * time.Second):
			b.t.Error("nobody was told of a change")
		}
	}
	select {
	case <-b.Changed():
		b.t.Error("told of a change from before")
	default:
	}
}
