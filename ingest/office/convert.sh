mkdir -p /tmp/profile/user && printf %s "$EAKTE_PROFILE" >/tmp/profile/user/registrymodifications.xcu || exit 9
cat "$2" >"/tmp/document.$1" || exit 9
programs=$(dirname "$(readlink -f /usr/bin/soffice)")
for try in 1 2; do
	"$programs/soffice.bin" --headless --norestore --nologo --nodefault --nolockcheck --nofirststartwizard \
		-env:UserInstallation=file:///tmp/profile --convert-to pdf --outdir /tmp/out "/tmp/document.$1" >/dev/null
	ended=$?
	[ $ended = 81 ] || break
done
[ $ended = 0 ] || exit $ended
[ -s /tmp/out/document.pdf ] || exit 10
exec cat /tmp/out/document.pdf
