#!/bin/sh
# The program of the image k3j.io/k3s-upgrade, which a Job of the system-upgrade-controller runs on a node: in the machine's
# pid and network namespaces, with the machine's root at /host.
#
#   upgrade [FLAGS]   has the machine's own k3s upgrade take the release that lies beside this script; FLAGS are that one's
#   prepare PLAN      waits until PLAN, in the namespace of the Job, has been applied to the servers
#
# The exit code is 0 when the machine has the release, or had it before; 1 when it keeps the present one.
set -eu

HOST=${K3S_UPGRADE_HOST:-/host}
HERE=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
ACCOUNT=/var/run/secrets/kubernetes.io/serviceaccount
# of a Job that was killed; none works longer than that
LEFT_MINUTES=60

info() { echo "[INFO]  $*"; }
fatal() { echo "[ERROR] $*" >&2; exit 1; }

# Anybody may give his own process the words of a server, in a container or not: only those of root count that see the same
# processes as this one, as far as this one may know that: a container without privileges is told of its equals alone.
of_root() { # PROCESS
    [ "$(stat -c %u "$1")" = "$ROOT" ] || return 1
    sees=$(readlink "$1/ns/pid") || return 0
    [ "$sees" = "$(readlink /proc/self/ns/pid)" ]
}

installed() { # HOME : a release of install.sh, below directories in which root alone can replace something
    case "$1" in /*/release-*) ;; *) return 1 ;; esac
    above=${1%/*} open='-perm -002'
    [ -x "$HOST$above/current/bin/k3s" ] || return 1
    while [ -n "$above" ]; do
        # shellcheck disable=SC2086
        [ -n "$(find "$HOST$above/" -maxdepth 0 -user "$ROOT" ! '(' $open ')')" ] || return 1
        # in those above it others may have something of their own
        above=${above%/*} open='-perm -002 ! -perm -1000'
    done
}

# LIB and PROCESS: where install.sh has put the releases of this machine, and the server or agent that runs from there
find_service() {
    LIB='' PROCESS='' elsewhere=''
    ROOT=$(stat -c %u "$HOST/proc/1") || fatal "the Job needs the node's root at $HOST"
    for process in "$HOST"/proc/[0-9]*; do
        # the grep of busybox ends a line at a zero byte
        words=$(tr '\0' '\n' 2> /dev/null < "$process/cmdline") || continue
        case "$words" in *-Dk3j.home=*) ;; *) continue ;; esac
        of_root "$process" || continue
        case "$(printf '%s\n' "$words" | grep -A 1 -Fx io.k3j.cli.Main | tail -n 1)" in server | agent) ;; *) continue ;; esac
        home=$(printf '%s\n' "$words" | sed -n 's/^-Dk3j\.home=//p' | head -n 1)
        installed "$home" || { elsewhere=$home; continue; }
        [ "${LIB:-${home%/*}}" = "${home%/*}" ] \
            || fatal "two installations run on this node, in $LIB and ${home%/*}; upgrade each by its k3s upgrade"
        LIB=${home%/*} PROCESS=$process
    done
    [ -z "$LIB" ] || return 0
    [ -z "$elsewhere" ] || fatal "what runs on this node was not installed by install.sh where root alone writes, and is" \
        "not upgraded: it runs from $elsewhere"
    fatal "no server or agent of K3j runs on this node; the Job needs hostPID, and the node's root at $HOST"
}

# A variable for the machine's k3s: that of the plan, else that of the service, as far as this container may see it.
variable() { # NAME
    eval "value=\${$1:-}"
    # another process may have its number by now
    [ -n "$value" ] || ! of_root "$PROCESS" 2> /dev/null \
        || value=$(tr '\0' '\n' 2> /dev/null < "$PROCESS/environ" | sed -n "s/^$1=//p" | head -n 1)
}

# Runs the machine's k3s in what COMMAND enters, with the variables that it goes by and no other of the pod's; as a child,
# since this process is how the machine gets at the files of the pod's service account.
run_k3s() { # COMMAND [OPTIONS] -- ARGUMENTS
    entering=''
    while [ "$1" != -- ]; do entering="$entering $1"; shift; done
    shift
    set -- "$LIB/current/bin/k3s" upgrade "$@" --service-account "/proc/$$/root$ACCOUNT"
    for name in K3S_JAVA K3S_DATA_DIR K3S_CONFIG_FILE KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT \
        SYSTEM_UPGRADE_PLAN_LATEST_VERSION; do
        variable "$name"
        [ -z "$value" ] || set -- "$name=$value" "$@"
    done
    # shellcheck disable=SC2086
    $entering /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin HOME=/root "$@" &
    child=$!
    # a Job that is ended ends the command; a trial that has begun goes on without it
    trap 'kill "$child" 2> /dev/null || true; exit 143' INT TERM
    code=0
    wait "$child" || code=$?
}

failed() {
    fatal "k3s upgrade has ended with $code, and says why above; this node has $(readlink "$HOST$LIB/current")"
}

# The controller has a Job try again and again. What was refused may be granted a minute later; a release that was started and
# taken back is not started by the same plan again, or the service would be restarted as long as the Job lives. What is still
# on trial is waited for, and what has passed after the command was killed is the current one by then.
not_again() { # FLAGS
    MARK=$HOST$LIB/.plan-failed
    TRY="${SYSTEM_UPGRADE_PLAN_NAME:-} ${SYSTEM_UPGRADE_PLAN_LATEST_HASH:-} $(readlink "$HOST$LIB/current") $*"
    [ -n "${SYSTEM_UPGRADE_PLAN_LATEST_HASH:-}" ] && [ ! -h "$HOST$LIB/trial" ] \
        && [ "$(cat "$MARK" 2> /dev/null)" = "$TRY" ] || return 0
    fatal "the release of this plan was started on this node and taken back; the log of an earlier pod of this Job and" \
        "the node's journal say why. Give the plan another version or other args, or delete $LIB/.plan-failed on the node"
}

# A place that root alone can write, beside the releases if not elsewhere: k3s upgrade takes no other tar.
copy_release() {
    place=${K3S_UPGRADE_DIR:-$LIB}
    [ -d "$HOST$place" ] || fatal "there is no directory $place on this node; change K3S_UPGRADE_DIR of the plan"
    find "$HOST$place/" -maxdepth 1 -type d -user "$ROOT" -name '.k3s-image.*' -mmin "+$LEFT_MINUTES" -exec rm -rf {} +
    copy=$(umask 077 && mktemp -d "$HOST$place/.k3s-image.XXXXXX") || fatal "cannot write to $place on this node"
    trap 'rm -rf "$copy"' EXIT
    for file in "$HERE"/k3s-*.tar.gz "$HERE"/sha256sum-*.txt; do
        [ -f "$file" ] || fatal "this image holds no ${file##*/}"
        cp "$file" "$copy/" || fatal "cannot copy ${file##*/} to $place on this node; is there room?"
        case "$file" in *.tar.gz) tar=${copy#"$HOST"}/${file##*/} ;; esac
    done
}

upgrade() { # FLAGS
    find_service
    not_again "$@"
    info "Upgrading $(readlink "$HOST$LIB/current") in $LIB, from which process ${PROCESS##*/} runs"
    copy_release
    run_k3s nsenter -t 1 -m -u -i -n -- --to "$tar" "$@"
    if [ "$code" != 0 ]; then
        # restarted by the trial
        [ -d "$PROCESS" ] || echo "$TRY" > "$MARK"
        failed
    fi
    rm -f "$MARK"
    info "This node has $(readlink "$HOST$LIB/current")"
}

prepare() { # PLAN
    [ $# = 1 ] || fatal "prepare takes the name of the plan for the servers, as args: [prepare, server-plan]"
    find_service
    info "Waiting for plan $1"
    run_k3s chroot "$HOST" -- --await-plan "$1"
    [ "$code" = 0 ] || failed
}

case "${1:-}" in
    upgrade | prepare) "$@" ;;
    *) fatal "unknown command '${1:-}': args are [upgrade], with flags of k3s upgrade if you like, or [prepare, PLAN]" ;;
esac
