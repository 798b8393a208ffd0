package io.k3j.authtokens;

import io.k3j.apiserverapi.Action.Call;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import io.k3j.componentapi.Health;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.testkit.AuthenticatorContract;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class AccountAuthenticatorContractTest extends AuthenticatorContract {
    private static final KeyPair KEY = Keys.elliptic();
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final Subjects subjects = new Subjects(api);
    @TempDir
    private Path tls;
    private AccountKeys keys;
    private String token;

    @BeforeEach
    void askForAToken() throws IOException {
        PemFiles.write(tls.resolve("service.key"), KEY);
        PemFiles.write(tls.resolve("service.current.key"), KEY);
        keys = new AccountKeys(tls, TokenOptions.of("cluster.local", "https://10.0.0.1:6443"));
        api.seed(Subjects.ACCOUNTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ServiceAccount", "metadata",
                Struct.of("name", "robot", "namespace", "default"))));
        token = new TokenRequests(keys, subjects, clock).perform(new Call(Caller.ANONYMOUS, new Key("default", "robot"),
                Struct.of("spec", Struct.EMPTY), false)).struct("status").text("token");
    }

    @AfterEach
    void close() {
        subjects.stop();
        api.close();
    }

    @Override
    protected Authenticator authenticator() {
        return new AccountAuthenticator(keys, subjects, new LegacyTokenTracking(api, Health.none(), clock),
                clock);
    }

    @Override
    protected Credentials good() {
        return new Credentials(List.of(), token, List.of());
    }

    /// Of which somebody has changed the signature.
    @Override
    protected Credentials wrong() {
        int last = token.lastIndexOf('.') + 1;
        char first = token.charAt(last) == 'A' ? 'B' : 'A';
        return new Credentials(List.of(), token.substring(0, last) + first + token.substring(last + 1), List.of());
    }
}
