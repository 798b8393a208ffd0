# In namespaces of its own: $1 is the program, $2 an empty directory.
set -u
ip link set lo up
k3s=$1; a=$2/a
export K3S_CONFIG_FILE=/dev/null K3S_NODE_NAME=a
mkdir -p "$a"
etcd=$(readlink -f "$(command -v etcd)")

server() { # further flags
  "$k3s" server --data-dir "$a" --write-kubeconfig "$a.yaml" --disable-agent --cluster-init --token secret "$@" > "$a.log" 2>&1 &
  pid=$!
}

serves() {
  for i in $(seq 1 240); do
    "$k3s" kubectl --kubeconfig "$a.yaml" get namespace default > /dev/null 2>&1 && { echo "serves"; return; }
    kill -0 $pid 2> /dev/null || break
    sleep 0.25
  done
  echo "FAILED: no server"; cat "$a.log"; exit 1
}

refuses() {
  for i in $(seq 1 240); do
    kill -0 $pid 2> /dev/null || { wait $pid; echo "exit=$?"; grep '^k3s:' "$a.log"; return; }
    sleep 0.25
  done
  echo "FAILED: still runs"; cat "$a.log"; exit 1
}

echo "== port"
mkdir "$2/other"
etcd --data-dir "$2/other" --log-level error --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:3380 --initial-advertise-peer-urls http://127.0.0.1:3380 --initial-cluster default=http://127.0.0.1:3380 > "$2/other.log" 2>&1 &
other=$!
until ETCDCTL_API=3 etcdctl --endpoints http://127.0.0.1:2379 endpoint health > /dev/null 2>&1; do sleep 0.1; done
server --node-ip 127.0.0.1; refuses
kill $other; wait $other
echo "begun=$(ls "$a/server/db/etcd" 2> /dev/null | wc -l)"

echo "== address"; server --node-ip 203.0.113.9; refuses

echo "== free"; server --node-ip 127.0.0.1; serves
kill $pid; wait $pid

echo "== broken"
printf '#!/bin/sh\necho "etcd: cannot load library" >&2\nexit 127\n' > "$2/broken"; chmod +x "$2/broken"
mount --bind "$2/broken" "$etcd"
server --node-ip 127.0.0.1; refuses
umount "$etcd"

echo "== away"
: > "$2/none"
mount --bind "$2/none" "$etcd"
server --node-ip 127.0.0.1; refuses
umount "$etcd"

echo "== again"; server --node-ip 127.0.0.1; serves
kill $pid; wait $pid
echo "== end $?"
