package io.k3j.supervisor;

import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;

/// Authorities nobody has heard of, as a request for them or a record has them.
final class Strangers {
    private static final List<String> FIELDS = List.of("ClientCA", "ServerCA", "RequestHeaderCA", "ETCDServerCA",
            "ETCDPeerCA");

    private Strangers() {
    }

    static Struct all() {
        return since("");
    }

    /// The same, put into the record at this moment.
    static Struct since(String when) {
        Struct.Builder all = Struct.builder();
        for (String field : FIELDS) {
            KeyPair pair = Keys.elliptic();
            CertificateAuthority made = CertificateAuthority.selfSigned("new-" + field, pair, Instant.now(),
                    TestServer.RANDOM);
            all.put(field, BootstrapFiles.field(Pem.encode(made.chain()), when));
            all.put(field + "Key", BootstrapFiles.field(Pem.encode(pair), when));
        }
        return all.build();
    }
}
