package io.k3j.ingressresources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a Service and its Secret have to say for its pods to be believed.
class BackendAuthoritiesTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private final CertificateAuthority authority = authority();

    private static CertificateAuthority authority() {
        return CertificateAuthority.selfSigned("test", Keys.elliptic(), Instant.now(), RANDOM);
    }

    private static Obj secret(String field, CertificateAuthority believed) {
        String text = Base64.getEncoder()
                .encodeToString(Pem.encode(believed.chain()).getBytes(StandardCharsets.US_ASCII));
        return Obj.stored(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("namespace", "default", "name", "ca", "uid", "u"), "data", Struct.of(field, text)), 1);
    }

    @Test
    void secretsWithoutAnAuthorityAreNamed() {
        BackendTrust trust = new BackendTrust(Optional.of(new Key("default", "ca")), "web.default.svc", false);
        Optional<Obj> good = Optional.of(secret("tls.crt", authority));
        assertThat(BackendTls.of(trust, good)).isNotNull();
        assertThat(BackendTls.problem(trust, good)).isEmpty();
        unusable(trust, Optional.empty(), "does not exist");
        unusable(trust, Optional.of(secret("other", authority)), "tls.crt of Secret default/ca has no certificate");
        unusable(new BackendTrust(trust.authorities(), "not a name", false), good,
                "neither a DNS name nor an address");
    }

    private static void unusable(BackendTrust trust, Optional<Obj> secret, String why) {
        assertThatThrownBy(() -> BackendTls.of(trust, secret)).hasMessageContaining(why);
        assertThat(BackendTls.problem(trust, secret).orElseThrow()).contains(why);
    }
}
