#!/bin/bash
# systemd.sh power NAME DIR VERSION : runs systemd as process 1 of namespaces and control groups of its own, without any
#                               unit of the machine's, on a root in memory at DIR, until this process or its input ends.
#                               VERSION is that of its control groups: 2, or that of the machine's
# systemd.sh clean NAME : removes its control groups
set -e
roots() { # the top of every cgroup hierarchy: one for v2, one per controller for v1
    if [ -f /sys/fs/cgroup/cgroup.controllers ]; then echo /sys/fs/cgroup; else find /sys/fs/cgroup/* -maxdepth 0 -type d; fi
}
case $1 in
power)
    for root in $(roots); do
        mkdir -p "$root/$2"
        if [ -f "$root/cpuset.cpus" ] && [ -f "$root/cgroup.clone_children" ]; then
            # one of version 1 takes nobody before it has processors and memory
            cat "$root/cpuset.cpus" > "$root/$2/cpuset.cpus"
            cat "$root/cpuset.mems" > "$root/$2/cpuset.mems"
            echo 1 > "$root/$2/cgroup.clone_children"
        fi
        echo $$ > "$root/$2/cgroup.procs"
    done
    echo "+cpu +memory +pids" > /sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
    setpriv --pdeathsig KILL unshare --pid --fork --kill-child=KILL --mount --propagation private --uts --ipc --net \
        --cgroup bash "$0" boot "$3" "$4" </dev/null &
    read -r _ || true
    kill -KILL $!
    ;;
boot)
    host=/sys/fs/cgroup root=$2
    mount -t tmpfs -o mode=755 tmpfs "$root"
    cd "$root"
    mkdir -p usr etc/systemd/system proc sys dev run tmp var root
    ln -s /run var/run
    mount --bind /usr usr
    mount -o remount,bind,ro usr
    for dir in bin sbin lib lib64; do
        if [ -L "/$dir" ]; then
            cp -P "/$dir" "$dir"
        elif [ -d "/$dir" ]; then
            mkdir "$dir"
            mount --bind "/$dir" "$dir"
        fi
    done
    mount -t proc proc proc
    mount --bind proc/sys proc/sys
    mount -o remount,bind,ro proc/sys
    mount -t sysfs -o ro sysfs sys
    mount -t tmpfs tmpfs dev
    for device in null zero full random urandom tty; do
        touch "dev/$device"
        mount --bind "/dev/$device" "dev/$device"
    done
    mount -t tmpfs -o mode=755 tmpfs run
    if [ "$3" = 2 ] || [ -f $host/cgroup.controllers ]; then
        mount -t cgroup2 cgroup2 sys/fs/cgroup
    else
        mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
        for name in $(roots | xargs -n1 basename); do
            mkdir "sys/fs/cgroup/$name"
            case $name in
            systemd) mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd ;;
            unified) mount -t cgroup2 cgroup2 sys/fs/cgroup/unified ;;
            *) mount -t cgroup -o "$name" cgroup "sys/fs/cgroup/$name" ;;
            esac
        done
        find $host -maxdepth 1 -type l -exec cp -P {} sys/fs/cgroup \;
    fi
    echo 0123456789abcdef0123456789abcdef > etc/machine-id
    echo root:x:0:0:root:/root:/bin/sh > etc/passwd
    echo root:x:0: > etc/group
    printf '[Unit]\nDefaultDependencies=no\n' > etc/systemd/system/k3j.target
    touch k3j-systemd
    exec chroot . /usr/bin/env -i container=k3j PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --unit=k3j.target --show-status=no
    ;;
clean)
    for root in $(roots); do
        [ -d "$root/$2" ] || continue
        find "$root/$2" -depth -type d -exec rmdir {} \; 2>/dev/null || true
        [ ! -d "$root/$2" ]
    done
    ;;
esac
