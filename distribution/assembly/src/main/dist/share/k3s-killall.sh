#!/bin/sh
# Stops K3j and everything it runs on this machine: services, pods, containerd, mounts, interfaces, rules.
# Data stays. As K3s' k3s-killall.sh.
[ "$(id -u)" = 0 ] || exec sudo --preserve-env=K3S_DATA_DIR "$0" "$@"
DATA=${K3S_DATA_DIR:-/var/lib/rancher/k3s}

for unit in /etc/systemd/system/k3s*.service; do
    [ -s "$unit" ] && [ -d /run/systemd/system ] && systemctl stop "$(basename "$unit")"
done

pids_of() { # TEXT... : processes whose command line holds every TEXT, this one excepted
    for p in /proc/[0-9]*; do
        line=$({ tr '\0' ' ' < "$p/cmdline"; } 2> /dev/null) || continue
        for text in "$@"; do case "$line" in *"$text"*) ;; *) line=; break ;; esac; done
        [ -n "$line" ] && [ "${p#/proc/}" != $$ ] && echo "${p#/proc/}"
    done
}

children_of() {
    for p in /proc/[0-9]*; do
        [ "$(sed -n 's/^PPid:[[:space:]]*//p' "$p/status" 2> /dev/null)" = "$1" ] && { echo "${p#/proc/}"; children_of "${p#/proc/}"; }
    done
}

end() { # PID... : asks, waits up to ten seconds, insists
    [ $# -gt 0 ] || return 0
    kill "$@" 2> /dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        alive=; for p in "$@"; do kill -0 "$p" 2> /dev/null && alive="$alive $p"; done
        [ -z "$alive" ] && return 0
        sleep 1
    done
    # shellcheck disable=SC2086
    kill -9 $alive 2> /dev/null
    return 0
}

# shellcheck disable=SC2046
end $(pids_of k3s-base.jar "io.k3j.cli.Main" "server") $(pids_of k3s-base.jar "io.k3j.cli.Main" "agent")
# one whose server was killed lives on
# shellcheck disable=SC2046
end $(pids_of etcd "--config-file $DATA/server/db/")
# before its shims: it forgets where the socket of a shim that was killed is
# shellcheck disable=SC2046
end $(pids_of containerd "$DATA/agent/etc/containerd/config.toml")
for shim in $(pids_of containerd-shim-runc /run/k3s/containerd/containerd.sock); do
    # shellcheck disable=SC2046
    kill -9 $(children_of "$shim") "$shim" 2> /dev/null
done

# a shim killed at once leaves its socket, which lies outside of our directories
for address in /run/k3s/containerd/state/io.containerd.runtime.v2.task/*/*/address; do
    [ -f "$address" ] && socket=$(cat "$address") && rm -f "${socket#unix://}"
done
rmdir /run/containerd/s /run/containerd 2> /dev/null

# loop devices that keep a pod's block devices open, before what they are attached to is unmounted
for backing in /sys/block/loop*/loop/backing_file; do
    [ -e "$backing" ] && read -r file < "$backing" || continue
    loop=${backing#/sys/block/}
    case "$file" in
        /var/lib/kubelet/plugins/*/volumeDevices/*|"$DATA"/*/plugins/*/volumeDevices/*) losetup -d "/dev/${loop%%/*}" ;;
    esac
done
# Below the data directory only what containerd mounts while it unpacks an image, and volumes of pods where the kubelet's
# root-dir is there: a disk mounted there is the user's, and without it the next start would begin an empty cluster.
for mount in $(awk '{print $2}' /proc/self/mounts | sort -r); do
    case "$mount" in
        /run/k3s*|"$DATA"/agent/containerd/tmpmounts/*|"$DATA"/*/pods/*/volumes/*|"$DATA"/*/pods/*/volume-subpaths/*|"$DATA"/*/plugins/kubernetes.io/*/mounts/*|"$DATA"/*/plugins/kubernetes.io/csi/*|"$DATA"/*/plugins/*/volumeDevices/*|/var/lib/kubelet/pods*|/var/lib/kubelet/plugins*|/run/netns/cni-*) umount -l "$mount" 2> /dev/null ;;
    esac
done
for ns in /run/netns/cni-*; do [ -e "$ns" ] && rm -f "$ns"; done
if command -v ip > /dev/null; then
    for link in cni0 flannel.1 flannel-v6.1 kube-ipvs0 flannel-wg flannel-wg-v6; do ip link delete "$link" 2> /dev/null; done
fi
if command -v nft > /dev/null; then
    for table in "ip kube-proxy" "ip6 kube-proxy" "ip flannel-ipv4" "ip6 flannel-ipv6" "inet k3s-network-policy"; do
        # shellcheck disable=SC2086
        nft delete table $table 2> /dev/null
    done
fi
for tables in iptables ip6tables; do
    command -v $tables-save > /dev/null && $tables-save 2> /dev/null | grep -q -i -e CNI- -e flannel || continue
    $tables-save | grep -v -i -e KUBE- -e CNI- -e flannel | $tables-restore
    family=ip; [ $tables = ip6tables ] && family=ip6
    for table in nat filter mangle; do # goes when nothing but iptables' own chains without a rule is left in it
        listed=$(nft list table $family $table 2> /dev/null) || continue
        echo "$listed" | grep -v -E -e '^(#.*|table .*|[[:space:]]*[}]?)$' -e '^[[:space:]]*type .* policy accept;$' \
            -e '^[[:space:]]*chain (PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) [{]$' | grep -q . ||
            nft delete table $family $table
    done
done
for controller in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ -d "$controller/kubepods" ] && find "$controller/kubepods" -depth -type d -exec rmdir {} \; 2> /dev/null
done
for result in /var/lib/cni/results/cbr0-*-eth0; do
    id=${result#*/cbr0-}
    rm -f "/var/lib/cni/results/cni-loopback-${id%-eth0}-lo"
done
rm -rf /var/lib/cni/networks/cbr0 /var/lib/cni/results/cbr0-* /run/flannel
rmdir /var/lib/cni/networks /var/lib/cni/results /var/lib/cni 2> /dev/null
exit 0
