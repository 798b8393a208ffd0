package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.jetcd.EtcdTls;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Clients of members, with the certificates of this server.
final class Tls {
    private Tls() {
    }

    /// A client; `name` is for its threads. `evenWithoutLeader`: also members that have no leader answer.
    static EtcdClient client(Places places, String endpoints, boolean evenWithoutLeader) throws IOException {
        // what is missing is said now, not with the first call
        context(places);
        EtcdEndpoints all = EtcdEndpoints.parse(endpoints, Optional.of(() -> context(places)));
        return evenWithoutLeader ? EtcdClient.evenWithoutLeader(all, "etcd-member") : EtcdClient.of(all, "etcd-member");
    }

    private static SSLContext context(Places places) throws IOException {
        LoadedKey key = PemFiles.key(places.tls("client.key"))
                .orElseThrow(() -> new IOException(places.tls("client.key") + " holds no key"));
        return EtcdTls.context(PemFiles.certificates(places.tls("server-ca.crt")),
                Optional.of(new EtcdTls.Identity(PemFiles.certificates(places.tls("client.crt")), key.secret())));
    }
}
