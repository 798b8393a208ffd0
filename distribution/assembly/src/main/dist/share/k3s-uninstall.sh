#!/bin/sh
# Removes K3j and all its data from this machine. As K3s' k3s-uninstall.sh.
set -x
[ "$(id -u)" = 0 ] || exec sudo --preserve-env=K3S_DATA_DIR "$0" "$@"
trap 'rm -f "$0"' EXIT

"@BIN_DIR@/k3s-killall.sh"

if command -v systemctl > /dev/null && [ -d /run/systemd/system ]; then
    systemctl disable "@NAME@"
    systemctl reset-failed "@NAME@"
    systemctl daemon-reload
fi
rm -f "@SYSTEMD_DIR@/@NAME@.service" "@SYSTEMD_DIR@/@NAME@.service.env"

for other in "@SYSTEMD_DIR@"/k3s*.service; do
    if [ -e "$other" ]; then
        echo "Additional k3s services installed, skipping uninstall of k3s"
        exit 0
    fi
done

for tool in kubectl crictl ctr; do
    [ "$(readlink "@BIN_DIR@/$tool")" = k3s ] && rm -f "@BIN_DIR@/$tool"
done
mounted() { # DIR : whether something is mounted there or below
    awk -v dir="$1" '$2 == dir || index($2, dir "/") == 1 { found = 1 } END { exit !found }' /proc/self/mounts
}

clean_mounted_directory() { # DIR : removes it; of what is mounted there the files go and the mount stays
    mounted "$1" || { rm -rf "$1"; return; }
    case "$1" in # what a pod has mounted and nobody could unmount is somewhere else's
        */pods/*/volumes/*/*|*/pods/*/volume-subpaths/*|*/plugins/kubernetes.io/*/mounts/*) echo "k3s-uninstall.sh: $1 is mounted and stays"; return ;;
    esac
    for path in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        if [ -d "$path" ] && [ ! -L "$path" ]; then clean_mounted_directory "$path"; else rm -f "$path"; fi
    done
}

# /etc/rancher/node stays: with the password in it a node that is installed again is known to its servers
rm -rf /etc/rancher/k3s /run/k3s /run/flannel /var/log/pods /var/log/containers
{ set +x; } 2> /dev/null
clean_mounted_directory /var/lib/kubelet
clean_mounted_directory "${K3S_DATA_DIR:-/var/lib/rancher/k3s}"
set -x
rmdir /etc/rancher /var/lib/rancher 2> /dev/null
rm -rf "@LIB_DIR@" "@BIN_DIR@/k3s" "@BIN_DIR@/k3s-killall.sh"
exit 0
