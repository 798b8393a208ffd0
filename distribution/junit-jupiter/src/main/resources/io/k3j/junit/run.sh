# Runs a program until it ends, or until standard input does, as it does when the JVM that started this ends in any way.
exec 3<&0
"$@" < /dev/null &
pid=$!
{
    cat <&3 > /dev/null
    kill -TERM "$pid" 2> /dev/null
    left=150
    while [ "$left" -gt 0 ] && kill -0 "$pid" 2> /dev/null; do
        sleep 0.1
        left=$((left - 1))
    done
    kill -KILL "$pid" 2> /dev/null
} > /dev/null 2>&1 &
exec 3<&-
wait "$pid"
