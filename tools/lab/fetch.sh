#!/usr/bin/env bash
# Put a runnable Asterisk into a folder: no root, nothing on the host changes.
#
#   tools/lab/fetch.sh [DEST]        DEST: ${ASTERISK_PREFIX:-~/.cache/asterisk22}
#
# Needs apt-get and dpkg-deb on an amd64 Debian or a relative. The packages come from the mirror that
# the system's own apt sources name; a host that is not Debian says where and what:
#   AST_MIRROR   base address of a Debian archive
#   AST_SUITE    a suite that carries asterisk (forky)
#   AST_KEYRING  the keys that signed it
set -euo pipefail

DEST=${1:-${ASTERISK_PREFIX:-$HOME/.cache/asterisk22}}
SUITE=${AST_SUITE:-forky}
KEYRING=${AST_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
PACKAGES="asterisk asterisk-config tzdata asterisk-core-sounds-en asterisk-core-sounds-en-wav asterisk-moh-opsound-gsm"
TRIPLET=x86_64-linux-gnu
LOADER=ld-linux-x86-64.so.2

# Modules that need rare libraries, open ports of their own, or only make noise at start.
UNWANTED="
  *odbc* *_pgsql *_radius *_tds *jack* *sqlite3_custom res_config_sqlite3 res_config_ldap res_snmp
  res_xmpp chan_motif chan_console chan_iax2 chan_unistim pbx_dundi pbx_lua pbx_ael res_ael_share
  res_calendar* res_fax* res_phoneprov res_pjsip_phoneprov_provider res_http_post res_stun_monitor
  res_resolver_unbound res_stir_shaken res_pjsip_stir_shaken res_geolocation res_pjsip_geolocation
  res_hep* res_statsd res_chan_stats res_endpoint_stats res_prometheus res_aeap res_speech_aeap
  res_stasis_test res_smdi res_adsi test_* codec_amr codec_codec2 codec_speex func_speex format_ogg_*
  app_adsiprog app_getcpeid app_sms app_zapateller app_alarmreceiver app_dahdiras app_festival
  app_mp3 app_nbscat
"

system_mirror() {
  local list
  for list in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d/*.sources; do
    [ -r "$list" ] && awk '$1 == "URIs:" { print $2; found = 1; exit } END { exit !found }' "$list" && return
  done
  awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }' /etc/apt/sources.list
}

# The launcher brings the folder's own loader and libraries; --argv0 lets `core restart` find it again.
write_launcher() {
  cat > "$1/bin/asterisk" <<'LAUNCHER'
#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
exec "$here/lib/ld-linux-x86-64.so.2" --argv0 "$here/bin/asterisk" --library-path "$here/lib" \
  "$here/bin/asterisk.bin" "$@"
LAUNCHER
  chmod +x "$1/bin/asterisk"
}

# A private apt: its own lists, its own empty status, nothing shared with the host's.
private_apt() {
  mkdir -p "$WORK"/etc/apt.conf.d "$WORK"/etc/preferences.d "$WORK"/etc/sources.list.d \
    "$WORK"/state/lists/partial "$WORK"/cache/archives/partial
  : > "$WORK/status"
  echo "deb [signed-by=$KEYRING] ${AST_MIRROR:-$(system_mirror)} $SUITE main" > "$WORK/etc/sources.list"
  cat > "$WORK/apt.conf" <<CONF
Dir::Etc "$WORK/etc";
Dir::State "$WORK/state";
Dir::State::status "$WORK/status";
Dir::Cache "$WORK/cache";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::Check-Valid-Until "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Debug::NoLocking "true";
CONF
}

download() {
  apt-get -c "$WORK/apt.conf" -qq update
  # shellcheck disable=SC2086  # a list of words
  apt-get -c "$WORK/apt.conf" -qq -y --download-only install $PACKAGES > "$WORK/apt.log"
  local package
  for package in "$WORK"/cache/archives/*.deb; do dpkg-deb -x "$package" "$ROOT"; done
}

copy_program() {
  local patterns unwanted
  cp "$ROOT/usr/sbin/asterisk" "$NEW/bin/asterisk.bin"
  cp "$ROOT/usr/lib/$TRIPLET"/asterisk/modules/*.so "$NEW/modules/"
  read -rd '' -a patterns <<< "$UNWANTED" || true
  for unwanted in "${patterns[@]}"; do rm -f "$NEW"/modules/$unwanted.so; done
}

# Only the libraries that the program and the kept modules really load.
copy_libraries() {
  local libraries=$ROOT/usr/lib/$TRIPLET object
  for object in "$NEW/bin/asterisk.bin" "$NEW"/modules/*.so; do
    "$libraries/$LOADER" --library-path "$libraries:$libraries/asterisk" --list "$object" || true
  done 2>&1 | awk '/=> \//{ print $3 }' | sort -u | xargs -I{} cp -L {} "$NEW/lib/"
  cp -L "$libraries/$LOADER" "$NEW/lib/"
  for object in libnss_dns libnss_files libresolv; do
    cp -L "$libraries/$object.so.2" "$NEW/lib/" 2> /dev/null || true
  done
}

# sounds/en is a link that the package's install script would make.
copy_data() {
  local data=$ROOT/usr/share/asterisk
  cp -r "$data/documentation" "$data/rest-api" "$data/static-http" "$data/moh" "$NEW/share/"
  mkdir -p "$NEW/share/sounds" "$NEW/share/agi-bin"
  cp -r "$data/sounds/en_US_f_Allison" "$NEW/share/sounds/en"
  cp "$ROOT/usr/share/doc/asterisk/copyright" "$NEW/COPYRIGHT.asterisk"
  (cd "$WORK/cache/archives" && ls ./*.deb) > "$NEW/DEBS"
}

if [ -x "$DEST/bin/asterisk.bin" ]; then
  write_launcher "$DEST"
  echo "already there: $DEST ($("$DEST/bin/asterisk" -V))"
  exit 0
fi

WORK=$(mktemp -d "${TMPDIR:-/tmp}/asterisk-fetch.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
ROOT=$WORK/root
NEW=$DEST.part
rm -rf "$NEW"
mkdir -p "$ROOT" "$NEW"/bin "$NEW"/lib "$NEW"/modules "$NEW"/share

private_apt
download
copy_program
copy_libraries
copy_data
write_launcher "$NEW"
"$NEW/bin/asterisk" -V | tee "$NEW/VERSION"
rm -rf "$DEST"
mv "$NEW" "$DEST"
echo "Asterisk is in $DEST"
