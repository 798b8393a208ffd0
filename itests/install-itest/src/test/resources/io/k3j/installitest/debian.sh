#!/bin/bash
# debian.sh move DIR ROOT : inside a machine: copies the Debian DIR to ROOT and makes it the machine's root
# debian.sh state : inside: everything the install must leave as it was, one "what path" per line
set -e
files() { # DIR : what lies in it, without what is mounted below
    (cd "$1"; find . -xdev -type d -printf 'directory /%P\n' -o -printf 'file /%P %s %T@ %l\n' | sort)
}
case $1 in
move)
    mkdir -p "$3"
    mount --make-rprivate /
    cp -a "$2/." "$3/"
    mount --bind "$3" "$3"
    for part in proc sys dev run; do
        mount --rbind "/$part" "$3/$part"
    done
    hostname > "$3/etc/hostname"
    echo "127.0.0.1 localhost $(hostname)" > "$3/etc/hosts"
    echo "nameserver 10.255.255.53" > "$3/etc/resolv.conf"
    mkdir "$3/.outside"
    cd "$3"
    pivot_root . .outside
    cd /
    umount -l /.outside
    rmdir /.outside
    mount --make-rshared /
    ;;
state)
    files /
    files /run | sed 's|/|/run/|'
    awk '{print "mount", $2, $3}' /proc/self/mounts | sort
    find /sys/fs/cgroup -type d -printf 'cgroup %p\n' | sort
    for link in /sys/class/net/*; do echo "interface ${link##*/}"; done
    for exe in /proc/[0-9]*/exe; do
        program=$(readlink "$exe") || continue
        case $program in */bash | */sort) ;; *) echo "process $program" ;; esac # the first two are this script
    done | sort
    if command -v nft > /dev/null; then nft list ruleset | sed 's/^/nft /'; fi
    for tool in iptables-save ip6tables-save; do
        if command -v $tool > /dev/null; then $tool | grep -v '^#' | sed "s/^/$tool /"; fi
    done
    ;;
esac
