package io.k3j.supervisor;

import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;

/// Authorities unrelated to any cluster of a test, in the form of a request or of the bootstrap record.
final class Strangers {
    private static final List<String> FIELDS = List.of("ClientCA", "ServerCA", "RequestHeaderCA", "ETCDServerCA",
            "ETCDPeerCA");

    private Strangers() {
    }

    static Struct all() {
        return since("");
    }

    /// As [#all], with the time they were written to the record.
    static Struct since(String timestamp) {
        Struct.Builder all = Struct.builder();
        for (String field : FIELDS) {
            KeyPair pair = Keys.elliptic();
            CertificateAuthority made = CertificateAuthority.selfSigned("new-" + field, pair, Instant.now(),
                    TestServer.RANDOM);
            all.put(field, BootstrapFiles.field(Pem.encode(made.chain()), timestamp));
            all.put(field + "Key", BootstrapFiles.field(Pem.encode(pair), timestamp));
        }
        return all.build();
    }
}
