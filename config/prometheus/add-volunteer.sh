#!/bin/sh
# Adds a probe to the fleet: one target file for Prometheus, which reads it without a restart, and the volunteer's command.
#
#   sh add-volunteer.sh FOLDER NAME COUNTRY ASN ADDRESS:PORT
#   sh add-volunteer.sh /etc/prometheus/targets karachi-3 PK AS17557 10.77.0.12:7322
#
# NAME is the credential: one per volunteer, never used again for another one. COUNTRY and ASN are what you found out from
# the address that the probe connects from, not what somebody told you.
set -eu
die() {
  echo "add-volunteer: $1" >&2
  exit 2
}
[ $# -eq 5 ] || die 'expected FOLDER NAME COUNTRY ASN ADDRESS:PORT'
folder=$1 name=$2 country=$3 asn=$4 target=$5
# The whole argument must match; a line break in it would let grep see two lines, each of them fine.
matches() {
  [ "$(printf '%s' "$1" | tr -d '\n' )" = "$1" ] && printf '%s\n' "$1" | grep -Eq "$2"
}
matches "$name" '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' || die "NAME: expected letters, digits, . _ -, got \"$name\""
matches "$country" '^[A-Z]{2}$' || die "COUNTRY: expected two capital letters such as PK, got \"$country\""
matches "$asn" '^AS[1-9][0-9]{0,9}$' || die "ASN: expected such as AS17557, got \"$asn\""
matches "$target" '^[][0-9A-Za-z.:-]+:[0-9]{1,5}$' || die "ADDRESS:PORT: expected such as 10.77.0.12:7322, got \"$target\""
[ -d "$folder" ] || die "no such folder: $folder"
file=$folder/$name.json
[ ! -e "$file" ] || die "$file exists: every volunteer gets a name of their own"
# Written aside and renamed: Prometheus never reads half a file.
trap 'rm -f "$file.new"' EXIT
printf '[{"targets": ["%s"], "labels": {"vantage": "%s", "country": "%s", "asn": "%s"}}]\n' \
  "$target" "$name" "$country" "$asn" >"$file.new"
mv "$file.new" "$file"
echo "$file written. The volunteer runs, with the tunnel up and after reading the risks:"
echo "  reachd run --web.listen-address $target"
