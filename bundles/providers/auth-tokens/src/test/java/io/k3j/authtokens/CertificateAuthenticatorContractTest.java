package io.k3j.authtokens;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import io.k3j.testkit.AuthenticatorContract;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Random;

class CertificateAuthenticatorContractTest extends AuthenticatorContract {
    private static final Random RANDOM = new Random(1);
    private static final PublicKey KEY = Keys.elliptic().getPublic();
    private final CertificateAuthority clients = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(),
            Instant.now(), RANDOM);
    private final Credentials jane = of(Profile.client("jane", "team"));

    private Credentials of(Profile profile) {
        return new Credentials(List.of(clients.sign(profile, KEY, Instant.now(), RANDOM)), "", List.of());
    }

    @Override
    protected Authenticator authenticator() {
        return new CertificateAuthenticator();
    }

    @Override
    protected Credentials good() {
        return jane;
    }

    @Override
    protected Credentials wrong() {
        return of(Profile.client(Profile.KUBELET_CLIENT));
    }
}
