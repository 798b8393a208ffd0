package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.jetcd.EtcdTls;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Creates clients of members with this server's certificates.
final class Tls {
    private Tls() {
    }

    /// @param evenWithoutLeader whether members without a leader answer as well
    static EtcdClient client(EtcdLayout layout, String endpoints, boolean evenWithoutLeader) throws IOException {
        // a missing file must fail here and not at the first call
        context(layout);
        EtcdEndpoints all = EtcdEndpoints.parse(endpoints, Optional.of(() -> context(layout)));
        return evenWithoutLeader ? EtcdClient.evenWithoutLeader(all, "etcd-member") : EtcdClient.of(all, "etcd-member");
    }

    private static SSLContext context(EtcdLayout layout) throws IOException {
        LoadedKey key = PemFiles.key(layout.tls("client.key"))
                .orElseThrow(() -> new IOException(layout.tls("client.key") + " holds no key"));
        return EtcdTls.context(PemFiles.certificates(layout.tls("server-ca.crt")),
                Optional.of(new EtcdTls.Identity(PemFiles.certificates(layout.tls("client.crt")), key.secret())));
    }
}
