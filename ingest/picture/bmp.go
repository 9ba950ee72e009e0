package picture

import "encoding/binary"

// inspectBMP reads the header of a bitmap.
func inspectBMP(w window) (Facts, error) {
	f := Facts{Format: "bmp"}
	head := w.at(0, 26)
	if head == nil {
		return f, refuse(Corrupt)
	}
	var frame Frame
	if binary.LittleEndian.Uint32(head[14:]) == 12 {
		frame.Width, frame.Height = int(binary.LittleEndian.Uint16(head[18:])), int(binary.LittleEndian.Uint16(head[20:]))
	} else {
		frame.Width, frame.Height = int(int32(binary.LittleEndian.Uint32(head[18:]))), int(int32(binary.LittleEndian.Uint32(head[22:])))
		if frame.Height < 0 { // stored from above
			frame.Height = -frame.Height
		}
		if b := w.at(38, 8); b != nil {
			inch := func(b []byte) int { return int(float64(binary.LittleEndian.Uint32(b))*0.0254 + 0.5) }
			if bits := w.at(28, 2); bits[0] == 1 {
				frame.Mode = BlackWhite
			} else if bits[0] >= 16 {
				frame.Mode = Colour
			}
			frame.DPI, frame.DPIY = inch(b), inch(b[4:])
		}
	}
	if frame.Width < 1 || frame.Height < 1 {
		return f, refuse(Corrupt)
	}
	f.Frames = []Frame{frame}
	f.Truncated = w.size < int64(binary.LittleEndian.Uint32(head[10:]))
	return f, nil
}
