#!/bin/bash
# machine.sh power NAME DIR HOST : switches a machine on (own PID, mount, UTS, IPC, network and cgroup namespaces) and
#                             stays as long as it is on; killing this process is pulling its plug, and so is the end
#                             of its input, unless that says "stay". Switched on again with the same DIR it finds
#                             the disk as it left it
# machine.sh enter NAME PID CMD… : runs CMD in it
# machine.sh clean NAME : removes its control groups and what is left in them
# Files the machine changes below /etc, /var/lib and /var/log lie in DIR; /tmp is the real one.
set -e
roots() { # the top of every cgroup hierarchy: one for v2, one per controller for v1
    if [ -f /sys/fs/cgroup/cgroup.controllers ]; then echo /sys/fs/cgroup; else ls -d /sys/fs/cgroup/*/; fi
}
join() {
    for root in $(roots); do
        [ -d "$root/$1" ] || continue
        echo $$ > "$root/$1/cgroup.procs"
    done
}
case $1 in
power)
    for root in $(roots); do
        mkdir -p "$root/$2" 2>/dev/null || continue
        if [ -f "$root/cpuset.cpus" ]; then
            cat "$root/cpuset.cpus" > "$root/$2/cpuset.cpus"
            cat "$root/cpuset.mems" > "$root/$2/cpuset.mems"
            echo 1 > "$root/$2/cgroup.clone_children"
        fi
    done
    join "$2"
    exec unshare --net --mount --uts --ipc --cgroup --pid --fork --kill-child=KILL --propagation private \
        bash "$0" boot "$4" "$3"
    ;;
boot)
    hostname "$2"
    names=$(for root in $(roots); do echo "${root#/sys/fs/cgroup}"; done | tr -d / | tr '\n' ' ')
    mount -t proc proc /proc
    mount -t tmpfs -o mode=755 tmpfs /run
    mkdir -p /run/lock
    mount -t sysfs sysfs /sys
    if [ -n "${names// /}" ]; then
        mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
        for name in $names; do
            mkdir "/sys/fs/cgroup/$name"
            case $name in
            systemd) mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd ;;
            unified) mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified ;;
            *) mount -t cgroup -o "$name" cgroup "/sys/fs/cgroup/$name" 2>/dev/null || rmdir "/sys/fs/cgroup/$name" ;;
            esac
        done
    else
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
    fi
    for dir in etc var/lib var/log; do
        mkdir -p "$3/$dir" "$3/work/$dir"
        mount -t overlay -o "lowerdir=/$dir,upperdir=$3/$dir,workdir=$3/work/$dir" overlay "/$dir"
    done
    if [ ! -e "$3/rancher" ]; then
        rm -rf /var/lib/rancher /etc/rancher /var/lib/kubelet /var/lib/cni /var/log/pods /var/log/containers
    fi
    for dir in rancher kubelet cni; do
        mkdir -p "/var/lib/$dir" "$3/$dir"
        mount --bind "$3/$dir" "/var/lib/$dir"
    done
    echo "127.0.0.1 localhost $2" > /etc/hosts
    echo "nameserver 10.255.255.53" > /etc/resolv.conf
    ip link set lo up
    mount --make-rshared /
    touch "$3/booted"
    { read -r _ && exec sleep infinity; } <&0 &
    wait $!
    ;;
enter)
    name=$2 pid=$3
    shift 3
    join "$name"
    exec nsenter -t "$pid" -m -u -i -n -p -C "$@"
    ;;
clean)
    for root in $(roots); do
        [ -d "$root/$2" ] || continue
        # who entered from outside and stands still, as its child did, does not go with the machine
        xargs -r kill -KILL < "$root/$2/cgroup.procs" 2>/dev/null || true
        find "$root/$2" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    done
    ;;
esac
