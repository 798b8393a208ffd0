# What bin/k3s becomes where it is the first process of a container, in place of "$@", a server or agent. Such a process
# has to wait for those that lose their parents, as the shims of containerd do, which Java does not: so this shell stays,
# and Java is its child.

# With control groups of version 2 the groups of pods have limits only where the group above them has no processes.
leave_top_group() {
    group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
    [ -f /sys/fs/cgroup/cgroup.controllers ] && mkdir -p "$group/init" 2> /dev/null || return 0
    for process in $(cat "$group/cgroup.procs"); do
        { echo "$process" > "$group/init/cgroup.procs"; } 2> /dev/null || true
    done
}

pass_on() { # SIGNAL
    passed=1
    kill -s "$1" "$child" 2> /dev/null || true
}

leave_top_group
"$@" &
child=$!
# a child in the background does not hear INT
trap 'pass_on TERM' TERM INT
trap 'pass_on QUIT' QUIT
code=0 passed=1
# a wait ends early when a signal comes; who has been waited for is unknown, which is 127
while [ -n "$passed" ]; do
    passed=
    wait "$child"
    ended=$?
    [ "$ended" = 127 ] || code=$ended
done
exit "$code"
