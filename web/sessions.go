package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/pages"
)

// sessionView is where somebody is signed in.
type sessionView struct {
	ID       string    `json:"id" doc:"Names it; opens nothing"`
	SignedIn time.Time `json:"signed_in"`
	LastSeen time.Time `json:"last_seen"`
	Address  string    `json:"address,omitempty"`
	Device   string    `json:"device,omitempty" doc:"Browser and system, as the browser names itself"`
	Current  bool      `json:"current" doc:"It is the one this request came with"`
}

// signedIn lists the sessions of who asks that aren't over, the present one first, then the latest seen; refs are
// theirs.
func (s *Server) signedIn(ctx context.Context, desk *acl.Desk) (views []sessionView, refs map[string][32]byte, err error) {
	kept, err := desk.Sessions(ctx)
	if err != nil {
		return nil, nil, err
	}
	user, err := s.accounts.User(ctx, desk.Subject().User)
	if err != nil {
		return nil, nil, err
	}
	store, _ := s.sessions.Store.(*sessionStore)
	proof, now := proofOf(user), s.Guard.Now()
	refs = map[string][32]byte{}
	current := ""
	if v := visitOf(ctx); v.session != nil {
		current = s.sessions.GetString(v.session, sessionID)
	}
	for _, k := range kept {
		values := store.values(k)
		id, _ := values[sessionID].(string)
		signed, _ := values[sessionSigned].(int64)
		seen, _ := values[sessionSeen].(int64)
		v := sessionView{ID: id, SignedIn: time.Unix(signed, 0).UTC(), LastSeen: time.Unix(seen, 0).UTC(), Current: id == current}
		v.Address, _ = values[sessionAddress].(string)
		v.Device, _ = values[sessionDevice].(string)
		if id == "" || values[sessionProof] != proof || sessionOver(now, v.SignedIn, v.LastSeen) {
			continue
		}
		views, refs[id] = append(views, v), k.Ref
	}
	slices.SortFunc(views, func(a, b sessionView) int {
		switch {
		case a.Current:
			return -1
		case b.Current:
			return 1
		}
		return cmp.Or(b.LastSeen.Compare(a.LastSeen), cmp.Compare(a.ID, b.ID))
	})
	return views, refs, nil
}

// endSessions signs who asks out where the id says, or everywhere but here for "".
func (s *Server) endSessions(ctx context.Context, desk *acl.Desk, id string) error {
	views, refs, err := s.signedIn(ctx, desk)
	if err != nil {
		return err
	}
	var end [][32]byte
	for _, v := range views {
		if v.ID == id || id == "" && !v.Current {
			end = append(end, refs[v.ID])
		}
	}
	if len(end) == 0 {
		if id == "" {
			return nil
		}
		return archive.ErrNotFound
	}
	return desk.EndSessions(ctx, end)
}

func (s *Server) listSessions(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[list[sessionView]], error) {
	views, _, err := s.signedIn(ctx, desk)
	if err != nil {
		return nil, err
	}
	return &answer[list[sessionView]]{list[sessionView]{Items: views}}, nil
}

// dropSession ends one of the asker's sessions, or all but the present one.
func (s *Server) dropSession(c *gin.Context, desk *acl.Desk) error {
	if err := s.endSessions(c.Request.Context(), desk, c.Param("id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}

// SignedIn implements pages.Host.
func (h *host) SignedIn(ctx context.Context) (out []pages.SignedIn, err error) {
	views, _, err := h.signedIn(ctx, h.Desk(ctx, ""))
	for _, v := range views {
		out = append(out, pages.SignedIn(v))
	}
	return out, err
}

// EndSessions implements pages.Host.
func (h *host) EndSessions(ctx context.Context, id string) error {
	return h.endSessions(ctx, h.Desk(ctx, ""), id)
}

// deviceOf names browser and system by what a browser calls itself, for people to know their devices by; empty
// where it is none of the usual ones. Nothing is decided by it.
func deviceOf(agent string) string {
	first := func(names ...string) string {
		for i := 0; i < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := first("Edg/", "Edge", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	system := first("Windows", "Windows", "Android", "Android", "iPhone", "iOS", "iPad", "iPadOS", "Mac OS", "macOS", "Linux", "Linux")
	return strings.Trim(browser+", "+system, ", ")
}
