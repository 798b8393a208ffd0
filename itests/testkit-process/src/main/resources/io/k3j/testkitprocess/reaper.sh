# Reads one process a line, "PID STARTTIME" (field 22 of /proc/PID/stat), until the end of its input, which is the end of
# who writes it; then kills those that still are the same processes, with all that descends from them. "stay" lets them be.
trap '' HUP INT QUIT TERM
set -f
known=
while read -r pid start; do
    [ "$pid" != stay ] || exit 0
    known="$known $pid:$start"
done

# look PID : its parent and starttime. The name, in parentheses, may hold anything but the end of a line
look() {
    { IFS= read -r line < "/proc/$1/stat"; } 2>/dev/null || return 1
    set -- ${line##*) }
    parent=$2 started=${20}
}

# stopped, they start nothing more while what descends from them is looked for
doomed=' '
for one in $known; do
    if look "${one%:*}" && [ "$started" = "${one#*:}" ]; then
        kill -STOP "${one%:*}" 2>/dev/null
        doomed="$doomed${one%:*} "
    fi
done
[ "$doomed" != ' ' ] || exit 0
more=yes
while [ -n "$more" ]; do
    more=
    set +f
    set -- /proc/[0-9]*
    set -f
    for process; do
        pid=${process#/proc/}
        case $doomed in *" $pid "*) continue ;; esac
        look "$pid" || continue
        case $doomed in *" $parent "*)
            kill -STOP "$pid" 2>/dev/null
            doomed="$doomed$pid " more=yes
            ;;
        esac
    done
done
for pid in $doomed; do
    kill -KILL "$pid" 2>/dev/null
done
