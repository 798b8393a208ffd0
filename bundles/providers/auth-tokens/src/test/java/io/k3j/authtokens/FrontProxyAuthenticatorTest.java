package io.k3j.authtokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Authenticator.Proxied;
import io.k3j.apiserverapi.Caller;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrontProxyAuthenticatorTest {
    private static final Random RANDOM = new Random(1);
    private static final Map<String, List<String>> JANE = Map.of("x-remote-user", List.of("jane"));
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("k3s-request-header",
            Keys.elliptic(), Instant.now(), RANDOM);
    private final FrontProxyAuthenticator authenticator = new FrontProxyAuthenticator();

    private List<X509Certificate> shown(Profile profile) {
        return List.of(authority.sign(profile, Keys.elliptic().getPublic(), Instant.now(), RANDOM));
    }

    private Optional<Caller> authenticate(Profile profile, Map<String, List<String>> headers) {
        return authenticator.authenticate(
                new Credentials(List.of(), "", List.of(), new Proxied(shown(profile), headers)));
    }

    @Test
    void theFrontProxyNamesUserGroupsAndExtra() {
        String utf8 = new String("jané".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        Caller caller = authenticate(Profile.client("system:auth-proxy"), Map.of("x-remote-user",
                List.of("", utf8), "x-remote-uid", List.of("u-1"), "x-remote-group", List.of("devs", "", "ops"),
                "x-remote-extra-example.com%2fwhy", List.of("a", "b"), "x-remote-extra-%zz", List.of("c")))
                .orElseThrow();
        assertThat(caller).isEqualTo(new Caller("jané", "u-1", List.of("devs", "ops"),
                Map.of("example.com/why", List.of("a", "b"), "%zz", List.of("c"))));
    }

    @Test
    void headersOfAnybodyElseNameNobody() {
        assertThat(authenticator.authenticate(new Credentials(shown(Profile.client("system:auth-proxy")), "",
                List.of(), new Proxied(List.of(), JANE)))).isEmpty();
    }

    @Test
    void aFrontProxyThatNamesNobodyIsNobody() {
        assertThat(authenticate(Profile.client("system:auth-proxy"), Map.of("x-remote-group",
                List.of("system:masters")))).isEmpty();
    }

    @Test
    void anotherNameOfTheSameAuthorityNamesNobody() {
        for (Profile other : List.of(Profile.client("system:admin", "system:masters"),
                Profile.client("system:auth-proxy2"), Profile.client(""), Profile.server("system:auth-proxy",
                        List.of("a"), List.of(InetAddress.getLoopbackAddress())))) {
            assertThat(authenticate(other, JANE)).as(other.toString()).isEmpty();
        }
    }

    /// Where one authority vouches for clients and front proxies the edge shows a chain as both.
    @Test
    void aClientOfAnAuthorityForBothIsWhoItsCertificateSays() throws BadCredential {
        List<X509Certificate> chain = shown(Profile.client("system:node:n1", "system:nodes"));
        Credentials both = new Credentials(chain, "", List.of(), new Proxied(chain, JANE));
        assertThat(authenticator.authenticate(both)).as("asked first").isEmpty();
        assertThat(new CertificateAuthenticator().authenticate(both)).get().extracting(Caller::user)
                .isEqualTo("system:node:n1");
    }
}
