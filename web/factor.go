package web

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/archive"
)

// halfSuffix ends the name of the cookie that tells whose password was right at a browser, and when. It opens nothing
// without a code.
const halfSuffix = "-half"

// halfLife is how long a code can follow a password.
const halfLife = 5 * time.Minute

// halfCookie seals whose password was right, and which it was: with another one it ends.
func (s *Server) halfCookie(user archive.User) *http.Cookie {
	data := strconv.FormatInt(s.Guard.Now().Unix(), 10) + " " + string(user.ID) + " " + proofOf(user)
	c := s.cookie(base64.RawURLEncoding.EncodeToString(s.box.Seal([]byte(data), []byte(halfSuffix))))
	c.Name += halfSuffix
	c.SameSite, c.MaxAge = http.SameSiteStrictMode, int(halfLife.Seconds())
	return c
}

// halfway returns the account whose password was right at the browser; [errSignInRequired] where none was, it is too
// long ago, or it has another by now.
func (s *Server) halfway(c *gin.Context) (archive.User, error) {
	cookie, err := c.Request.Cookie(s.cookieName() + halfSuffix)
	if err != nil || len(cookie.Value) > 600 {
		return archive.User{}, errSignInRequired
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return archive.User{}, errSignInRequired
	}
	data, err := s.box.Open(sealed, []byte(halfSuffix))
	parts := strings.Split(string(data), " ")
	if err != nil || len(parts) != 3 {
		return archive.User{}, errSignInRequired
	}
	at, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || s.Guard.Now().Sub(time.Unix(at, 0)) >= halfLife {
		return archive.User{}, errSignInRequired
	}
	user, err := s.accounts.User(c.Request.Context(), archive.UserID(parts[1]))
	if err != nil || user.Factor == nil && len(user.Passkeys) == 0 || proofOf(user) != parts[2] {
		return archive.User{}, errSignInRequired
	}
	return user, nil
}

// Halfway implements pages.Host.
func (h *host) Halfway(c *gin.Context) (codes, ok bool) {
	user, err := h.halfway(c)
	return user.Factor != nil, err == nil
}

// SignInCode implements pages.Host.
func (h *host) SignInCode(c *gin.Context, code string) error {
	ctx := c.Request.Context()
	half, err := h.halfway(c)
	if err != nil {
		return err
	}
	address := visitOf(ctx).address
	user, err := h.limited(address, half.Name, func() (archive.User, error) {
		return h.accounts.SignInCode(ctx, half, code, "web", address)
	})
	if err != nil {
		return err
	}
	gone := h.cookie("")
	gone.Name, gone.SameSite = gone.Name+halfSuffix, http.SameSiteStrictMode
	http.SetCookie(c.Writer, gone)
	return h.entered(c, user, nil)
}

// Renew implements pages.Host.
func (h *host) Renew(c *gin.Context) error {
	ctx := c.Request.Context()
	user, err := h.accounts.User(ctx, visitOf(ctx).who.ID)
	if err != nil {
		return err
	}
	cookie, err := h.renew(ctx, user)
	if err == nil {
		http.SetCookie(c.Writer, cookie)
	}
	return err
}
