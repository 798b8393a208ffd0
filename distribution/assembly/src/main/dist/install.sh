#!/bin/sh
# Installs K3j as K3s' installer does: the same INSTALL_K3S_* variables, units, scripts and paths. The release is the
# one this script lies in; when it lies in none, as after curl … | sh, it is fetched with its checksum.
#
#   ./install.sh [server|agent] [flags]         e.g.  INSTALL_K3S_EXEC="--disable=traefik" ./install.sh
#   curl -sfL URL/install.sh | INSTALL_K3S_MIRROR=URL sh -s - server
#
#   INSTALL_K3S_ARTIFACT_URL, INSTALL_K3S_MIRROR   a folder with sha256sum-<arch>.txt and the tars it lists, or one tar;
#                                                  when it lists kubectl-linux-<arch>, k3s kubectl runs that one
#   INSTALL_K3S_VERSION                            which of several in that folder, as k3s-<version>-linux-<arch>.tar.gz
#   INSTALL_K3S_SKIP_DOWNLOAD=true                 runs the program that is installed in INSTALL_K3S_BIN_DIR; without one, the
#                                                  release this script lies in; nothing is fetched
#   INSTALL_K3S_BIN_DIR_READ_ONLY=true             the same, and nothing is written to INSTALL_K3S_BIN_DIR
#   INSTALL_K3S_FORCE_RESTART=true                 restarts the service when nothing has changed, too
#   INSTALL_K3S_ALLOW_HTTP=true                    takes a release from http://, where whoever is on the way may change
#                                                  it, checksums included
set -e

info() { echo "[INFO]  $*"; }
fatal() { echo "[ERROR] $*" >&2; exit 1; }

released() { [ -x "$1/bin/k3s" ] && [ -f "$1/lib/k3s-base.jar" ]; }
HERE='' INSTALLED=''
if [ -f "$0" ]; then
    HERE=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
    released "$HERE" || HERE=
fi

quote() { for a in "$@"; do printf " '%s'" "$(printf '%s' "$a" | sed "s/'/'\\\\''/g")"; done; }

# The same for ExecStart= of a unit, where systemd reads \, % and $ within quotes, and a line ends with the argument's.
quote_unit() {
    for a in "$@"; do
        printf '%s\n' "$a" | sed -e 's/\\/\\\\/g' -e "s/'/'\\\\''/g" -e 's/%/%%/g' -e 's/\$/$$/g' -e "s/$(printf '\r')/\\\\r/g" \
            | awk 'BEGIN { printf " \047" } { printf "%s%s", (NR > 1 ? "\\n" : ""), $0 } END { printf "\047" }'
    done
}

words_of() { # TEXT : its words, quoted for eval; quotes hold words together and go, all else counts as it is written
    printf '%s\n' "$1" | awk '
        function word_ends() { if (some) { gsub(/\047/, "\047\042\047\042\047", word); printf " \047%s\047", word }; word = some = "" }
        { text = text $0 "\n" }
        END {
            for (i = 1; i <= length(text); i++) {
                c = substr(text, i, 1)
                if (quote != "" && c == quote) quote = ""
                else if (quote == "" && (c == "\"" || c == "\047")) { quote = c; some = 1 }
                else if (quote == "" && (c == " " || c == "\t" || c == "\n")) word_ends()
                else { word = word c; some = 1 }
            }
            if (quote != "") exit 1
        }' || fatal "INSTALL_K3S_EXEC ends within quotes: $1"
}

token_given() { # FLAGS... : by variable, flag or configuration file
    [ -z "${K3S_TOKEN:-}${K3S_TOKEN_FILE:-}" ] || return 0
    config=${K3S_CONFIG_FILE:-/etc/rancher/k3s/config.yaml} before=
    for a in "$@"; do
        case "$a" in --token|--token=*|--token-file|--token-file=*|-t|-t=*) return 0 ;; --config=*|-c=*) config=${a#*=} ;; esac
        case "$before" in --config|-c) config=$a ;; esac
        before=$a
    done
    for file in "$config" "$config".d/*.yaml "$config".d/*.yml; do
        [ -f "$file" ] && grep -q -E '^["'"'"']?(-?-?t|-?-?token|-?-?token-file)["'"'"']?:' "$file" && return 0
    done
    return 1
}

setup_env() {
    words=$(words_of "${INSTALL_K3S_EXEC:-}")
    eval "set -- $words $(quote "$@")"
    case "${1:-}" in
        server|agent) CMD=$1; shift ;;
        -*|"") CMD=server
            if [ -n "${K3S_URL:-}" ]; then
                CMD=agent
                token_given "$@" || fatal "an agent is installed because K3S_URL is set, and it has no token: set K3S_TOKEN or K3S_TOKEN_FILE, add --token, or write token: to config.yaml"
            fi ;;
        *) fatal "unknown command '$1': give server or agent" ;;
    esac
    case "${K3S_URL:-}" in ""|https://*) ;; *) fatal "Only https:// URLs are supported for K3S_URL (have $K3S_URL)" ;; esac
    ARGUMENTS="$CMD$(quote "$@")" UNIT_ARGUMENTS="$CMD$(quote_unit "$@")"
    if [ -n "${INSTALL_K3S_NAME:-}" ]; then NAME=k3s-$INSTALL_K3S_NAME
    elif [ "$CMD" = agent ]; then NAME=k3s-agent
    else NAME=k3s; fi
    case "$NAME" in *[!A-Za-z0-9.:@,+~-]*) fatal "INSTALL_K3S_NAME=$INSTALL_K3S_NAME: letters, digits and . : @ , + ~ - make the name of a service" ;; esac
    SUDO=''
    if [ "$(id -u)" != 0 ]; then
        command -v sudo > /dev/null 2>&1 || fatal "must run as root, and there is no sudo"
        SUDO=sudo
    fi
    BIN_DIR=${INSTALL_K3S_BIN_DIR:-/usr/local/bin}
    if [ -z "${INSTALL_K3S_BIN_DIR:-}" ] && [ -d "$BIN_DIR" ] && [ -d /opt/bin ] && ! $SUDO test -w "$BIN_DIR"; then BIN_DIR=/opt/bin; fi
    LIB_DIR=$(dirname "$BIN_DIR")/lib/k3s
    SYSTEMD_DIR=${INSTALL_K3S_SYSTEMD_DIR:-/etc/systemd/system}
    TYPE=${INSTALL_K3S_TYPE:-notify}
    KILLALL=$BIN_DIR/k3s-killall.sh
    UNINSTALL=$BIN_DIR/$NAME-uninstall.sh
    ENV_FILE=$SYSTEMD_DIR/$NAME.service.env
    [ -d "$SYSTEMD_DIR" ] || ENV_FILE=/etc/rancher/k3s/$NAME.env
    ignored="COMMIT CHANNEL CHANNEL_URL PR"
    why="releases come from INSTALL_K3S_ARTIFACT_URL or INSTALL_K3S_MIRROR"
    [ -z "$HERE" ] || { ignored="$ignored VERSION ARTIFACT_URL MIRROR"; why="the release in $HERE is installed, nothing is downloaded"; }
    for v in $ignored; do
        eval "set_to=\${INSTALL_K3S_$v:-}"
        # shellcheck disable=SC2154
        [ -z "$set_to" ] || info "INSTALL_K3S_$v=$set_to has no effect: $why"
    done
    BEFORE=$(installed)
}

fetch() { # URL FILE: no redirect leads from https to http; wget cannot tell them apart and follows none there
    info "Downloading $1"
    case "$1" in
        https://*) protocols="=https" redirects="--max-redirect=0" ;;
        http://*) protocols="=http,https" redirects= ;;
        *) protocols="=file" redirects= ;;
    esac
    if command -v curl > /dev/null 2>&1; then curl --proto "$protocols" -fsSL -o "$2" "$1"
    elif command -v wget > /dev/null 2>&1; then
        # that of busybox follows every redirect and verifies no certificate
        [ -z "$redirects" ] || wget --help 2>&1 | grep -q max-redirect \
            || fatal "needs curl or GNU wget to download $1: the wget that is installed has no --max-redirect, without which a redirect may lead to http"
        wget $redirects -qO "$2" "$1"
    else fatal "needs curl or wget to download $1"; fi || fatal "cannot download $1; redirects to http are not followed, and none by wget"
}

installed() { # what a service that runs was started with
    readlink -f "$BIN_DIR/k3s" || true
    readlink "$LIB_DIR/trial" || true
    $SUDO sha256sum "$SYSTEMD_DIR/$NAME.service" "$ENV_FILE" 2>&1 || true
}

write() { # FILE MODE : from stdin; a new file, so that who has opened one of a wider mode does not see what is written
    # shellcheck disable=SC2016
    $SUDO sh -c 'rm -f "$1" && umask 077 && cat > "$1" && chmod "$2" "$1"' write "$1" "$2"
}

use_installed() { # the program that is there, where nothing is to be fetched
    [ "${INSTALL_K3S_BIN_DIR_READ_ONLY:-}" != true ] || INSTALL_K3S_SKIP_DOWNLOAD=true
    case "${INSTALL_K3S_SKIP_DOWNLOAD:-}" in true|binary) ;; *) return 0 ;; esac
    if [ ! -x "$BIN_DIR/k3s" ]; then
        [ -z "$HERE" ] || [ "${INSTALL_K3S_BIN_DIR_READ_ONLY:-}" = true ] || return 0
        fatal "there is no executable $BIN_DIR/k3s, and INSTALL_K3S_SKIP_DOWNLOAD or INSTALL_K3S_BIN_DIR_READ_ONLY says that it is to be used: install it first, or unpack the tar and run the install.sh in it"
    fi
    program=$(readlink -f "$BIN_DIR/k3s")
    released "${program%/bin/k3s}" || fatal "$BIN_DIR/k3s is no program of K3j: remove it, or install without INSTALL_K3S_SKIP_DOWNLOAD"
    [ "$HERE" = "" ] || info "The release in $HERE is not installed; unset INSTALL_K3S_SKIP_DOWNLOAD for that"
    info "Skipping k3s download and verify, $BIN_DIR/k3s is used"
    HERE=${program%/bin/k3s} INSTALLED=1
}

fetch_release() { # the release this script does not lie in
    [ -z "$HERE" ] || return 0
    base=${INSTALL_K3S_ARTIFACT_URL:-${INSTALL_K3S_MIRROR:-}}
    case "$base" in
        https://*|file://*) ;;
        http://*) [ "${INSTALL_K3S_ALLOW_HTTP:-}" = true ] || fatal "'$base' is not encrypted, and the checksums come from there too: use https://, or set INSTALL_K3S_ALLOW_HTTP=true if you trust the network" ;;
        "") fatal "there is no K3j release beside this script: unpack the tar and run the install.sh in it, or set INSTALL_K3S_MIRROR to the URL of a folder with the tar" ;;
        *) fatal "'$base' is no URL: set INSTALL_K3S_MIRROR to that of a folder with sha256sum-<arch>.txt and the tar" ;;
    esac
    case "$(uname -m)" in x86_64|amd64) ARCH=amd64 ;; aarch64|arm64) ARCH=arm64 ;; *) fatal "unsupported architecture $(uname -m)" ;; esac
    TMP=$(mktemp -d -t k3s-install.XXXXXXXXXX)
    trap 'rm -rf "$TMP"' EXIT
    wanted=${INSTALL_K3S_VERSION:+k3s-$INSTALL_K3S_VERSION-linux-$ARCH.tar.gz}
    case "$base" in *.tar.gz) wanted=${base##*/} base=${base%/*} ;; esac
    fetch "$base/sha256sum-$ARCH.txt" "$TMP/sums"
    line=$(grep -E "^[0-9a-f]{64} [ *]k3s-[^/ ]*\\.tar\\.gz\$" "$TMP/sums" | while read -r sum tar; do
        tar=${tar#\*}
        case "${wanted:-$tar}" in "$tar") echo "$sum $tar" ;; esac
    done | tail -n 1)
    [ -n "$line" ] || fatal "$base/sha256sum-$ARCH.txt names no ${wanted:-k3s-….tar.gz}"
    fetch "$base/${line#* }" "$TMP/k3s.tar.gz"
    [ "$(sha256sum "$TMP/k3s.tar.gz" | cut -d' ' -f1)" = "${line%% *}" ] || fatal "${line#* } is not what sha256sum-$ARCH.txt says; nothing was installed"
    mkdir "$TMP/release"
    tar -xzf "$TMP/k3s.tar.gz" -C "$TMP/release" --strip-components=1
    HERE=$TMP/release
    released "$HERE" || fatal "${line#* } holds no K3j release"
    fetch_kubectl
}

fetch_kubectl() { # where the mirror has one; it lies in the release, as it would in a tar that holds one
    line=$(grep -E "^[0-9a-f]{64} [ *]kubectl-linux-$ARCH\$" "$TMP/sums" | tail -n 1)
    [ -n "$line" ] || return 0
    fetch "$base/kubectl-linux-$ARCH" "$HERE/bin/kubectl"
    [ "$(sha256sum "$HERE/bin/kubectl" | cut -d' ' -f1)" = "${line%% *}" ] || fatal "kubectl-linux-$ARCH is not what sha256sum-$ARCH.txt says; nothing was installed"
    chmod 755 "$HERE/bin/kubectl"
}

started() { # PID : when that process has started; another one gets the same number one day
    stat=$(cat "/proc/$1/stat" 2> /dev/null) || return 1
    # behind the name, which may hold anything
    # shellcheck disable=SC2086
    set -- ${stat##*)}
    echo "${20}"
}

# another install.sh and k3s upgrade work in the same directory: each says that it is at work, then looks for the others
ANNOUNCED='' AT_WORK=''
exclude_others() {
    $SUDO mkdir -p "$LIB_DIR"
    trap release_locks EXIT
    ANNOUNCED=$LIB_DIR/.installing.$$
    echo "$$ $(started $$)" | write "$ANNOUNCED" 600
    for other in "$LIB_DIR"/.installing.*; do
        [ "$other" != "$ANNOUNCED" ] || continue
        process=$($SUDO cat "$other" 2> /dev/null || true)
        if [ -n "$process" ] && [ "$(started "${process% *}")" = "${process#* }" ]; then
            fatal "another install.sh is at work on $LIB_DIR as process ${process% *}; wait for its end"
        fi
        $SUDO rm -f "$other"
    done
    AT_WORK=$LIB_DIR/.install.lock
    echo "$$ $(started $$)" | write "$AT_WORK" 600
    lock=$($SUDO stat -c %i "$LIB_DIR/.upgrade.lock" 2> /dev/null || true)
    if [ -n "$lock" ] && grep -Eqs "POSIX +ADVISORY +WRITE +[0-9]+ [0-9a-f]+:[0-9a-f]+:$lock " /proc/locks; then
        fatal "k3s upgrade is at work on $LIB_DIR; wait for its end"
    fi
}

release_locks() {
    [ -z "${TMP:-}" ] || rm -rf "$TMP"
    [ -z "$AT_WORK" ] || $SUDO rm -f "$AT_WORK"
    [ -z "$ANNOUNCED" ] || $SUDO rm -f "$ANNOUNCED"
}

release_name() { # DIRECTORY [SUDO] : after all of its files
    # shellcheck disable=SC2016
    echo "release-$(${2:-} sh -c 'cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2 | sha256sum | cut -c1-12' sum "$1")"
}

# each release has a folder of its own that never changes, so that what runs keeps its files; a link names the one to start;
# one that has changed all the same is damaged
install_files() {
    [ -z "$INSTALLED" ] || return 0
    id=$(release_name "$HERE")
    info "Installing k3s to $LIB_DIR/$id and $BIN_DIR/k3s"
    $SUDO mkdir -p "$BIN_DIR"
    exclude_others
    if [ ! -d "$LIB_DIR/$id" ] || [ "$(release_name "$LIB_DIR/$id" "$SUDO")" != "$id" ]; then
        $SUDO rm -rf "$LIB_DIR/$id.new" "$LIB_DIR/$id.damaged"
        $SUDO cp -a "$HERE/." "$LIB_DIR/$id.new"
        $SUDO chown -R root:root "$LIB_DIR/$id.new"
        if [ -d "$LIB_DIR/$id" ]; then
            info "$LIB_DIR/$id is damaged and made again"
            # what runs may have read the damage
            BEFORE=''
            $SUDO mv "$LIB_DIR/$id" "$LIB_DIR/$id.damaged"
        fi
        $SUDO mv "$LIB_DIR/$id.new" "$LIB_DIR/$id"
        $SUDO rm -rf "$LIB_DIR/$id.damaged"
    fi
    # the end of what k3s upgrade may have on trial
    $SUDO rm -f "$LIB_DIR/trial"
    $SUDO rm -f "$LIB_DIR/trial.from" "$LIB_DIR/trial.starts"
    before=$(readlink "$LIB_DIR/current" || true)
    if [ -n "$before" ] && [ "$before" != "$id" ]; then
        $SUDO ln -sfn "$before" "$LIB_DIR/previous.new"
        $SUDO mv -T "$LIB_DIR/previous.new" "$LIB_DIR/previous"
    fi
    $SUDO rm -f "$LIB_DIR/current.new"
    $SUDO ln -s "$id" "$LIB_DIR/current.new"
    $SUDO mv -T "$LIB_DIR/current.new" "$LIB_DIR/current"
    $SUDO ln -sfn "$LIB_DIR/current/bin/k3s" "$BIN_DIR/k3s"
}

remove_old_releases() { # those that nothing runs from any more, but the one before, for k3s upgrade --rollback
    [ -n "${id:-}" ] || return 0
    used=$($SUDO sh -c 'cat /proc/[0-9]*/cmdline 2> /dev/null' | tr '\0' '\n')
    before=$(readlink "$LIB_DIR/previous" || true)
    for old in "$LIB_DIR"/*; do
        case "$old" in "$LIB_DIR/current"|"$LIB_DIR/previous"|"$LIB_DIR/$id"|"$LIB_DIR/${before:-$id}") continue ;; esac
        case "$used" in *"$old/"*) ;; *) $SUDO rm -rf "$old" ;; esac
    done
    return 0
}

create_symlinks() {
    [ "${INSTALL_K3S_BIN_DIR_READ_ONLY:-}" = true ] && return
    [ "${INSTALL_K3S_SYMLINK:-}" = skip ] && return
    for tool in kubectl crictl ctr; do
        if [ "${INSTALL_K3S_SYMLINK:-}" != force ] && command -v "$tool" > /dev/null 2>&1; then
            info "Skipping $BIN_DIR/$tool symlink to k3s, command exists in PATH at $(command -v "$tool")"
        elif [ ! -e "$BIN_DIR/$tool" ] || [ "${INSTALL_K3S_SYMLINK:-}" = force ]; then
            info "Creating $BIN_DIR/$tool symlink to k3s"
            $SUDO ln -sf k3s "$BIN_DIR/$tool"
        fi
    done
}

create_killall() {
    [ "${INSTALL_K3S_BIN_DIR_READ_ONLY:-}" = true ] && return
    info "Creating killall script $KILLALL"
    write "$KILLALL" 755 < "$HERE/share/k3s-killall.sh"
}

create_uninstall() {
    [ "${INSTALL_K3S_BIN_DIR_READ_ONLY:-}" = true ] && return
    info "Creating uninstall script $UNINSTALL"
    # of a pipe only the last command's failure would be seen, and an empty script written
    script=$(sed -e "s|@NAME@|$NAME|g" -e "s|@BIN_DIR@|$BIN_DIR|g" -e "s|@LIB_DIR@|$LIB_DIR|g" \
        -e "s|@SYSTEMD_DIR@|$SYSTEMD_DIR|g" "$HERE/share/k3s-uninstall.sh") \
        || fatal "sed could not read $HERE/share/k3s-uninstall.sh: unpack the release again, and install again"
    printf '%s\n' "$script" | write "$UNINSTALL" 755
}

escape_values() { # of an EnvironmentFile=, in which systemd takes \ away, and quotes that a value begins with
    sed -e 's/\\/\\\\/g' -e "s/^\([^=]*=\)\([\"']\)/\1\\\\\2/"
}

create_env_file() {
    info "env: Creating environment file $ENV_FILE"
    $SUDO mkdir -p "$(dirname "$ENV_FILE")"
    values=$({ env | grep -E '^(K3S_|CONTAINERD_)' || true
        env | grep -Ei '^(NO|HTTP|HTTPS)_PROXY=' || true; } | escape_values) \
        || fatal "sed could not write the values for $ENV_FILE: install again"
    { [ -z "$values" ] || printf '%s\n' "$values"; } | write "$ENV_FILE" 600
}

create_unit() {
    [ -d "$SYSTEMD_DIR" ] && command -v systemctl > /dev/null 2>&1 || return 0
    info "systemd: Creating service file $SYSTEMD_DIR/$NAME.service"
    write "$SYSTEMD_DIR/$NAME.service" 644 << EOF
[Unit]
Description=Lightweight Kubernetes
Documentation=https://k3s.io
Wants=network-online.target
After=network-online.target

[Install]
WantedBy=multi-user.target

[Service]
Type=$TYPE
EnvironmentFile=-/etc/default/%N
EnvironmentFile=-/etc/sysconfig/%N
EnvironmentFile=-$ENV_FILE
KillMode=process
Delegate=yes
User=root
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=0
Restart=always
RestartSec=5s
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
ExecStart=$BIN_DIR/k3s $UNIT_ARGUMENTS
EOF
}

start_service() {
    if ! command -v systemctl > /dev/null 2>&1 || [ ! -d /run/systemd/system ]; then
        info "No running systemd found; start it yourself with: $BIN_DIR/k3s $ARGUMENTS"
        return
    fi
    $SUDO systemctl daemon-reload
    [ "${INSTALL_K3S_SKIP_ENABLE:-}" = true ] && return
    info "systemd: Enabling $NAME unit"
    $SUDO systemctl enable "$NAME" > /dev/null
    [ "${INSTALL_K3S_SKIP_START:-}" = true ] && return
    if [ "$BEFORE" = "$(installed)" ] && [ "${INSTALL_K3S_FORCE_RESTART:-}" != true ]; then
        info "No change detected so skipping service start"
        return
    fi
    info "systemd: Starting $NAME"
    $SUDO systemctl restart "$NAME"
}

setup_env "$@"
use_installed
fetch_release
install_files
create_symlinks
create_killall
create_uninstall
create_env_file
create_unit
start_service
remove_old_releases
