package archive

// Print is what is kept of a page to find another scan of it again. It tells nothing of what the page says, but
// which other page says the same, and is kept as secret as the page.
type Print struct {
	// Words is a sum over its words, Count how many there are.
	Words uint64
	Count uint16
	// Image is a sum over its image; empty where there was none to look at.
	Image []byte
}

// PrintedPages is of how many pages of a version prints are kept: a paper is told by its first ones.
const PrintedPages = 8

// IsZero reports that there is none, as for what was read before prints were kept.
func (p Print) IsZero() bool { return p.Words == 0 && p.Count == 0 && len(p.Image) == 0 }
