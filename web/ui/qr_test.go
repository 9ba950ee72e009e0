package ui

import (
	"image"
	"image/color"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// TestQRIsRead draws a code, paints what was drawn and reads it as a telephone does.
func TestQRIsRead(t *testing.T) {
	t.Parallel()
	const text = "otpauth://totp/Landkreis%20Musterfelde:abh.kaya?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Landkreis%20Musterfelde"
	made, err := qr(text, `a "label"`)
	if err != nil {
		t.Fatal(err)
	}
	drawn := string(made)
	if !strings.Contains(drawn, "a &#34;label&#34;") {
		t.Error("the label isn't escaped, or isn't there")
	}
	side, err := strconv.Atoi(regexp.MustCompile(`viewBox="0 0 (\d+)`).FindStringSubmatch(drawn)[1])
	if err != nil {
		t.Fatal(err)
	}
	const scale = 4
	picture := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
	}
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)`).FindAllStringSubmatch(drawn, -1) {
		x, _ := strconv.Atoi(run[1])
		y, _ := strconv.Atoi(run[2])
		n, _ := strconv.Atoi(run[3])
		for dy := range scale {
			for dx := range n * scale {
				picture.SetGray(x*scale+dx, y*scale+dy, color.Gray{})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil || read.GetText() != text {
		t.Errorf("read %v, %v", read, err)
	}
}
