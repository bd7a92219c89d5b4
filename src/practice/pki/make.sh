#!/bin/sh
# Makes the practice Internet's certificates: node:crypto issues none, so openssl does it once and the result is committed.
# The keys are public on purpose: they prove nothing outside 127.0.0.0/8. All are valid until 2126 so that no test expires.
# (A wildcard straight under a top-level name, such as *.test, matches nothing in Node: names are spelt out or one level deeper.)
# Usage: sh make.sh (in this directory; needs openssl 3)
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

hosts='
x.com *.x.com twitter.com *.twitter.com t.co twimg.com *.twimg.com abs.twimg.com pbs.twimg.com video.twimg.com
facebook.com *.facebook.com www.facebook.com meta.com *.meta.com *.fb.com fbcdn.net *.fbcdn.net *.xx.fbcdn.net
instagram.com *.instagram.com www.instagram.com cdninstagram.com *.cdninstagram.com
youtube.com *.youtube.com www.youtube.com ytimg.com *.ytimg.com googlevideo.com *.googlevideo.com gstatic.com *.gstatic.com *.googleapis.com *.ggpht.com
whatsapp.com *.whatsapp.com *.whatsapp.net tiktok.com *.tiktok.com *.tiktokcdn.com telegram.org *.telegram.org signal.org *.signal.org
wikipedia.org *.wikipedia.org wikimedia.org *.wikimedia.org debian.org *.debian.org kernel.org *.kernel.org
archive.org *.archive.org *.mozilla.net mozilla.org *.mozilla.org *.firefox.com
iana.org *.iana.org apple.com *.apple.com microsoft.com *.microsoft.com *.msftconnecttest.com ripe.net *.ripe.net
cloudflare.com *.cloudflare.com cloudflare-dns.com *.cloudflare-dns.com quad9.net *.quad9.net dns.google *.google.com
fastly.com *.fastly.com jsdelivr.net *.jsdelivr.net akamai.com *.akamai.com *.ubuntu.com *.fedoraproject.org
example.org *.example.org example.com *.example.com example.net *.example.net *.example.pk
*.gov.pk *.pta.gov.pk *.com.pk *.net.pk *.edu.pk *.org.pk *.gov.in *.co.in *.nic.in *.gov.tr *.com.tr *.edu.tr *.ac.ir *.yandex.ru yandex.ru
test.test site.test www.site.test other.test *.site.test *.a.test *.b.test xn--mnchen-3ya.test localhost
'
san='IP:127.0.0.1,IP:::1,IP:9.9.9.9,IP:1.1.1.1,IP:8.8.8.8'
set -f
for host in $hosts; do san="$san,DNS:$host"; done
set +f

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

# root NAME SUBJECT: a self-signed authority NAME.pem, NAME.key
root() {
  key "$1.key"
  issue "$1" "$1" "$1" "$2" 'basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash' 20200101000000Z 21260101000000Z -selfsign
}

# issue AUTHORITY NAME KEY SUBJECT EXTENSIONS FROM UNTIL [-selfsign]: NAME.pem (leaf only; roots are sent by nobody)
issue() {
  : > "$work/index.txt"
  echo 'unique_subject = no' > "$work/index.txt.attr"
  openssl rand -hex 16 > "$work/serial"
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\nserial=%s/serial\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\norganizationName=optional\n[e]\n%s\n' \
    "$work" "$work" "$work" "$5" > "$work/ca.cnf"
  openssl req -new -key "$3.key" -subj "$4" -out "$work/request.pem"
  authority="-cert $1.pem -keyfile $1.key"
  [ "${8:-}" = -selfsign ] && authority="-selfsign -keyfile $1.key"
  # shellcheck disable=SC2086 # two options in one variable on purpose
  openssl ca -batch -notext -config "$work/ca.cnf" $authority -extensions e -startdate "$6" -enddate "$7" \
    -in "$work/request.pem" -out "$2.pem" 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
}

leaf() { printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=%s' "$1"; }

root root '/O=Practice Internet/CN=Practice Root'
key leaf.key
issue root leaf leaf '/CN=practice.test' "$(leaf "$san")" 20200101000000Z 21260101000000Z
issue root expired leaf '/CN=practice.test' "$(leaf "$san")" 20200101000000Z 20210101000000Z
issue root not-yet-valid leaf '/CN=practice.test' "$(leaf "$san")" 21250101000000Z 21260101000000Z
issue root wrong-name leaf '/CN=wrong-name.invalid' "$(leaf 'DNS:wrong-name.invalid')" 20200101000000Z 21260101000000Z
root evil-root '/O=National Filter/CN=Evil Root'
key evil.key
issue evil-root evil evil '/CN=practice.test' "$(leaf "$san")" 20200101000000Z 21260101000000Z
key block.key
issue block block block '/O=Internet Service Provider/CN=block.isp.test' "$(leaf 'DNS:block.isp.test')" 20200101000000Z 21260101000000Z -selfsign
