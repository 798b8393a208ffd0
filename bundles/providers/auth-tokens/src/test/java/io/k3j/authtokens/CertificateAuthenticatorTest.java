package io.k3j.authtokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CertificateAuthenticatorTest {
    private static final Random RANDOM = new Random(1);
    private final CertificateAuthority clients = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(),
            Instant.now(), RANDOM);
    private final CertificateAuthenticator authenticator = new CertificateAuthenticator();

    private Optional<Caller> authenticate(Profile profile) throws BadCredential {
        return authenticator.authenticate(new Credentials(List.of(clients.sign(profile, Keys.elliptic().getPublic(),
                Instant.now(), RANDOM)), "", List.of()));
    }

    @Test
    void theCommonNameIsTheUserAndOrganizationsAreGroups() throws BadCredential {
        Caller caller = authenticate(Profile.client("system:node:n1", "system:nodes")).orElseThrow();
        assertThat(caller.user()).isEqualTo("system:node:n1");
        assertThat(caller.groups()).containsExactly("system:nodes");
    }

    /// A node passes on the bytes of the connection that an API server has opened to its kubelet.
    @Test
    void whatIsForKubeletsIsNotTakenHere() {
        for (Profile profile : List.of(Profile.client(Profile.KUBELET_CLIENT),
                Profile.client(Profile.KUBELET_CLIENT, "system:masters"))) {
            assertThatThrownBy(() -> authenticate(profile)).isInstanceOf(BadCredential.class)
                    .hasMessageContaining("for kubelets only");
        }
    }
}
