#!/bin/bash
# New authorities for the cluster whose server runs here, below $1/tls, as K3s' example script lays them out. With $2
# "crossed" the new roots are vouched for by the authorities of now, and service accounts' key of now counts on; else
# nobody knows them.
set -e
now=/var/lib/rancher/k3s/server/tls
mkdir -p "$1/tls/etcd"
cd "$1/tls"
cat > extensions <<'X'
basicConstraints=critical,CA:true
keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
X
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
# sign CERTIFICATE KEY NAME ISSUER'S-CERTIFICATE ISSUER'S-KEY
sign() {
  openssl req -new -key "$2.key" -subj "/CN=$3" -out request
  openssl x509 -req -in request -CA "$4" -CAkey "$5" -days 3650 -extfile extensions \
    -set_serial "0x$(openssl rand -hex 8)" -out "$1.pem"
}
for one in server client request-header etcd/server etcd/peer; do
  name=new-$(echo $one | tr / -)
  key $one-root
  openssl req -x509 -new -key $one-root.key -subj "/CN=$name-root" -days 3650 -out $one-root.pem
  key $one-ca
  sign $one-ca $one-ca $name-ca $one-root.pem $one-root.key
  cat $one-ca.pem $one-root.pem > $one-ca.crt
  if [ "$2" = crossed ]; then
    sign $one-crossed $one-root $name-root $now/$one-ca.crt $now/$one-ca.key
    cat $one-crossed.pem $now/$one-ca.crt >> $one-ca.crt
  fi
done
openssl genrsa -traditional -out service.key 2048
if [ "$2" = crossed ]; then
  cat $now/service.key >> service.key
fi
