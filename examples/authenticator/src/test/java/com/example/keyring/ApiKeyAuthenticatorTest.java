package com.example.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.AuthenticatorContract;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Keeps what every authenticator promises, and what an `ApiKey` says.
class ApiKeyAuthenticatorTest extends AuthenticatorContract {
    private static final String SECRET = "open-sesame";
    /// SHA-256 of it.
    private static final String DIGEST = "d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7";
    private final ManualClock clock = new ManualClock();
    private final Map<String, Obj> keys = new HashMap<>(Map.of("robot", key("jane")));
    private final Authenticator authenticator = new ApiKeyAuthenticator(name -> Optional.ofNullable(keys.get(name)),
            clock);

    private Obj key(String user) {
        return Obj.of(Struct.of("apiVersion", "keys.example.com/v1", "kind", "ApiKey", "metadata",
                Struct.of("name", "robot"), "spec", Struct.of("user", user, "groups", List.of("robots"), "sha256",
                        DIGEST, "until", clock.instant().plus(Duration.ofHours(1)).toString())));
    }

    private static Credentials token(String bearer) {
        return new Credentials(List.of(), bearer, List.of());
    }

    @Override
    protected Authenticator authenticator() {
        return authenticator;
    }

    @Override
    protected Credentials good() {
        return token("apikey.robot." + SECRET);
    }

    @Override
    protected Credentials wrong() {
        return token("apikey.robot.close-sesame");
    }

    private void refuses(Credentials credentials, String why) {
        assertThatThrownBy(() -> authenticator.authenticate(credentials)).isInstanceOf(BadCredential.class)
                .hasMessageContaining(why);
    }

    @Test
    void aKeyStandsForItsUserUntilItsEnd() throws BadCredential {
        assertThat(authenticator.authenticate(good())).contains(Caller.of("jane", List.of("robots")));
        clock.step(Duration.ofHours(1));
        refuses(good(), "it has ended");
    }

    @Test
    void nobodyLearnsWhichKeysThereAre() {
        refuses(wrong(), "the secret is another one");
        refuses(token("apikey.nobodys." + SECRET), "the secret is another one");
        refuses(token("apikey.robot"), "it has no secret");
    }

    @Test
    void noKeyStandsForThoseOfTheClusterItself() {
        keys.put("robot", key("system:admin"));
        refuses(good(), "begins with system:");
    }

    @Test
    void aDigestThatIsNoneFitsNoSecret() {
        keys.put("robot", key("jane").with("", "spec", "sha256"));
        refuses(good(), "the secret is another one");
    }
}
