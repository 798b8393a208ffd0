# In a network and process namespace of its own: $1 is the program, $2 an empty directory, $S3_START starts an S3 server
# at $S3_ENDPOINT with the authority $S3_CA, $PROXY_START the proxy that is reached by $PROXY.
set -u
ip link set lo up
k3s=$1; a=$2/a; b=$2/b; c=$2/c
export K3S_CONFIG_FILE=/dev/null K3S_NODE_NAME=n
# kubectl keeps discovery by address; another test's server at this one may have had other kinds, or a later clock
export KUBECACHEDIR=$2/kubectl
mkdir -p "$a" "$b" "$c"
bash "$S3_START" > "$2/s3.log" 2>&1 &
bash "$PROXY_START" > "$2/proxy.log" 2>&1 &

server() { # directory, further flags
  dir=$1; shift
  "$k3s" server --data-dir "$dir" --write-kubeconfig "$dir.yaml" --disable-agent --node-ip 127.0.0.1 "$@" > "$dir.log" 2>&1 &
  pid=$!
  for i in $(seq 1 240); do
    "$k3s" kubectl --kubeconfig "$dir.yaml" get namespace default > /dev/null 2>&1 && return
    kill -0 $pid 2> /dev/null || break
    sleep 0.5
  done
  echo "FAILED: no server in $dir"; cat "$dir.log"; exit 1
}

snapshot() { "$k3s" etcd-snapshot "$@" --data-dir "$a"; }

restore() { # directory, flags
  dir=$1; shift
  "$k3s" server --cluster-reset --data-dir "$dir" --write-kubeconfig "$dir.yaml" --disable-agent --node-ip 127.0.0.1 "$@" 2>&1 | grep '^k3s:'
  echo "exit=${PIPESTATUS[0]} left=$(ls -A "$dir" 2> /dev/null | wc -l)"
}

bucket="--etcd-s3 --etcd-s3-endpoint $S3_ENDPOINT --etcd-s3-endpoint-ca $S3_CA --etcd-s3-proxy $PROXY --etcd-s3-bucket $S3_BUCKET --etcd-s3-folder k3s"

server "$a" --cluster-init --token secret --node-name a
kubectl="$k3s kubectl --kubeconfig $a.yaml"
$kubectl create configmap kept --from-literal=a=b
snapshot save --name first
file=$(ls "$a"/server/db/snapshots/first-*)
snapshot save --snapshot-compress
snapshot ls
for i in $(seq 1 120); do
  [ "$($kubectl get etcdsnapshotfiles -o name 2> /dev/null | wc -l)" = 2 ] && break
  sleep 0.5
done
$kubectl get etcdsnapshotfiles --no-headers
snapshot delete "$(basename "$file")" || true
cp "$a"/server/db/snapshots/on-demand-*.zip "$2/kept.zip"
head -c 9000 "$2/kept.zip" > "$2/cut.zip"
echo "ca-a $(sha256sum < "$a/server/tls/server-ca.crt")"
for address in "$S3_ENDPOINT" "${PROXY#*@}"; do
  until (: > "/dev/tcp/${address%:*}/${address#*:}") 2> /dev/null; do sleep 0.1; done
done
snapshot save --name copied $bucket
copied=$(basename "$a"/server/db/snapshots/copied-*)
rm "$a/server/db/snapshots/$copied"
echo "== listed"; snapshot ls $bucket
echo "== failed"
touch "$a/server/db/snapshots/occupied"
snapshot save --name lost --dir "$a/server/db/snapshots/occupied"; echo "exit=$?"
for i in $(seq 1 120); do
  $kubectl get events --field-selector reason=ETCDSnapshotFailed --no-headers 2> /dev/null | grep -q . && break
  sleep 0.5
done
$kubectl get etcdsnapshotfiles -o 'jsonpath={range .items[?(@.status.error)]}{.metadata.name} {.status.readyToUse} {.status.error.message}{"\n"}{end}'
$kubectl get events --field-selector reason=ETCDSnapshotFailed -o 'jsonpath={range .items[*]}{.type} {.involvedObject.kind} {.message}{"\n"}{end}'
kill $pid; wait $pid

echo "== without token"; restore "$b" --cluster-reset-restore-path "$2/kept.zip"
echo "== damaged"; restore "$b" --cluster-reset-restore-path "$2/cut.zip" --token secret
echo "== another token"; restore "$b" --cluster-reset-restore-path "$2/kept.zip" --token guess
echo "== restored"; restore "$b" --cluster-reset-restore-path "$2/kept.zip" --token secret
echo "== again"; restore "$b" --cluster-reset-restore-path "$2/kept.zip" --token secret
server "$b" --token secret --node-name b
echo "ca-b $(sha256sum < "$b/server/tls/server-ca.crt")"
"$k3s" kubectl --kubeconfig "$b.yaml" get configmap kept -o 'jsonpath=kept={.data.a}{"\n"}'
kill $pid; wait $pid

echo "== s3 with another secret"
AWS_SECRET_ACCESS_KEY=guess restore "$c" --cluster-reset-restore-path "$copied" --token secret $bucket
echo "== s3 without it"; restore "$c" --cluster-reset-restore-path "nothing" --token secret $bucket
echo "== s3 restored"; restore "$c" --cluster-reset-restore-path "$copied" --token secret $bucket
server "$c" --token secret --node-name c
echo "ca-c $(sha256sum < "$c/server/tls/server-ca.crt")"
"$k3s" kubectl --kubeconfig "$c.yaml" get configmap kept -o 'jsonpath=kept={.data.a}{"\n"}'
kill $pid; wait $pid
echo "stopped with $?"
