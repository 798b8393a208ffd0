#!/bin/sh
# Installs the K3j release this script came with, as K3s' installer does: the same INSTALL_K3S_* variables,
# units, scripts and paths. Nothing is downloaded.
#
#   ./install.sh [server|agent] [flags]         e.g.  INSTALL_K3S_EXEC="--disable=traefik" ./install.sh
set -e

info() { echo "[INFO]  $*"; }
fatal() { echo "[ERROR] $*" >&2; exit 1; }

HERE=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
[ -x "$HERE/bin/k3s" ] && [ -f "$HERE/lib/k3s-base.jar" ] || fatal "$HERE is no K3j release; unpack the tar and run the install.sh in it"

quote() { for a in "$@"; do printf " '%s'" "$(printf '%s' "$a" | sed "s/'/'\\\\''/g")"; done; }

setup_env() {
    # shellcheck disable=SC2086
    [ -n "${INSTALL_K3S_EXEC:-}" ] && set -- ${INSTALL_K3S_EXEC} "$@"
    case "${1:-}" in
        server|agent) CMD=$1; shift ;;
        -*|"") CMD=server; [ -n "${K3S_URL:-}" ] && CMD=agent ;;
        *) fatal "unknown command '$1': give server or agent" ;;
    esac
    [ "$CMD" = agent ] && [ -z "${K3S_TOKEN:-}${K3S_TOKEN_FILE:-}" ] && fatal "K3S_TOKEN is needed to install an agent"
    ARGUMENTS="$CMD$(quote "$@")"
    if [ -n "${INSTALL_K3S_NAME:-}" ]; then NAME=k3s-$INSTALL_K3S_NAME
    elif [ "$CMD" = agent ]; then NAME=k3s-agent
    else NAME=k3s; fi
    BIN_DIR=${INSTALL_K3S_BIN_DIR:-/usr/local/bin}
    LIB_DIR=$(dirname "$BIN_DIR")/lib/k3s
    SYSTEMD_DIR=${INSTALL_K3S_SYSTEMD_DIR:-/etc/systemd/system}
    TYPE=${INSTALL_K3S_TYPE:-notify}
    KILLALL=$BIN_DIR/k3s-killall.sh
    UNINSTALL=$BIN_DIR/k3s-uninstall.sh
    [ "$CMD" = agent ] && UNINSTALL=$BIN_DIR/k3s-agent-uninstall.sh
    for v in VERSION COMMIT CHANNEL CHANNEL_URL ARTIFACT_URL PR; do
        eval "set_to=\${INSTALL_K3S_$v:-}"
        # shellcheck disable=SC2154
        [ -z "$set_to" ] || info "INSTALL_K3S_$v=$set_to has no effect: this installs the release it came with, nothing is downloaded"
    done
    [ "$(id -u)" = 0 ] || fatal "must run as root; try: sudo $0"
}

install_files() {
    [ "${INSTALL_K3S_BIN_DIR_READ_ONLY:-}" = true ] && { info "Skipping installation into read-only $BIN_DIR"; return; }
    info "Installing k3s to $LIB_DIR and $BIN_DIR/k3s"
    mkdir -p "$BIN_DIR" "$LIB_DIR.new"
    cp -a "$HERE/." "$LIB_DIR.new/"
    chown -R root:root "$LIB_DIR.new"
    rm -rf "$LIB_DIR"
    mv "$LIB_DIR.new" "$LIB_DIR"
    ln -sf "$LIB_DIR/bin/k3s" "$BIN_DIR/k3s"
}

create_symlinks() {
    [ "${INSTALL_K3S_SYMLINK:-}" = skip ] && return
    for tool in kubectl crictl ctr; do
        if [ "${INSTALL_K3S_SYMLINK:-}" != force ] && command -v "$tool" > /dev/null 2>&1; then
            info "Skipping $BIN_DIR/$tool symlink to k3s, command exists in PATH at $(command -v "$tool")"
        elif [ ! -e "$BIN_DIR/$tool" ] || [ "${INSTALL_K3S_SYMLINK:-}" = force ]; then
            info "Creating $BIN_DIR/$tool symlink to k3s"
            ln -sf k3s "$BIN_DIR/$tool"
        fi
    done
}

create_killall() {
    info "Creating killall script $KILLALL"
    cp "$HERE/share/k3s-killall.sh" "$KILLALL"
    chmod 755 "$KILLALL"
}

create_uninstall() {
    info "Creating uninstall script $UNINSTALL"
    sed -e "s|@NAME@|$NAME|g" -e "s|@BIN_DIR@|$BIN_DIR|g" -e "s|@LIB_DIR@|$LIB_DIR|g" -e "s|@SYSTEMD_DIR@|$SYSTEMD_DIR|g" \
        "$HERE/share/k3s-uninstall.sh" > "$UNINSTALL"
    chmod 755 "$UNINSTALL"
}

create_env_file() {
    ENV_FILE=$SYSTEMD_DIR/$NAME.service.env
    [ -d "$SYSTEMD_DIR" ] || ENV_FILE=/etc/rancher/k3s/$NAME.env
    info "env: Creating environment file $ENV_FILE"
    mkdir -p "$(dirname "$ENV_FILE")"
    (umask 077; env | grep -E '^(K3S_|CONTAINERD_)' > "$ENV_FILE" || true
        env | grep -Ei '^(NO|HTTP|HTTPS)_PROXY=' >> "$ENV_FILE" || true)
    chmod 600 "$ENV_FILE"
}

create_unit() {
    [ -d "$SYSTEMD_DIR" ] && command -v systemctl > /dev/null 2>&1 || return 0
    info "systemd: Creating service file $SYSTEMD_DIR/$NAME.service"
    cat > "$SYSTEMD_DIR/$NAME.service" << EOF
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
ExecStart=$BIN_DIR/k3s $ARGUMENTS
EOF
}

start_service() {
    if ! command -v systemctl > /dev/null 2>&1 || [ ! -d /run/systemd/system ]; then
        info "No running systemd found; start it yourself with: $BIN_DIR/k3s $ARGUMENTS"
        return
    fi
    systemctl daemon-reload
    [ "${INSTALL_K3S_SKIP_ENABLE:-}" = true ] && return
    info "systemd: Enabling $NAME unit"
    systemctl enable "$NAME" > /dev/null
    [ "${INSTALL_K3S_SKIP_START:-}" = true ] && return
    info "systemd: Starting $NAME"
    systemctl restart "$NAME"
}

setup_env "$@"
install_files
create_symlinks
create_killall
create_uninstall
create_env_file
create_unit
start_service
