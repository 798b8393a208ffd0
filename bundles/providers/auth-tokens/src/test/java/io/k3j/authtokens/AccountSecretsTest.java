package io.k3j.authtokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.componentapi.Health;
import io.k3j.model.Gvk;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountSecretsTest {
    private static final KeyPair KEY = Keys.elliptic();
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final Subjects subjects = new Subjects(api);
    @TempDir
    private Path tls;
    private AccountAuthenticator authenticator;
    private AccountSecrets admission;

    @BeforeEach
    void createAccount() throws IOException {
        PemFiles.write(tls.resolve("service.key"), KEY);
        PemFiles.write(tls.resolve("service.current.key"), KEY);
        AccountKeys keys = new AccountKeys(tls, TokenOptions.of("cluster.local", "https://10.0.0.1:6443"));
        authenticator = new AccountAuthenticator(keys, subjects, new LegacyTokenTracking(api, Health.none(), clock),
                clock);
        admission = new AccountSecrets(keys, subjects, () -> "CA");
        api.seed(Subjects.ACCOUNTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ServiceAccount", "metadata",
                Struct.of("name", "robot", "namespace", "default"))));
        api.deliver();
    }

    @AfterEach
    void close() {
        subjects.stop();
        api.close();
    }

    private static Struct secret(String type, String createAccount, Struct data) {
        return Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", "s", "namespace", "default", "annotations",
                        Struct.of("kubernetes.io/service-account.name", createAccount)),
                "type", type, "data", data);
    }

    private Struct admit(Struct secret) {
        Gvk gvk = new Gvk("", "v1", "Secret");
        ResourceKind kind = new ResourceKind(Subjects.SECRETS, gvk, new ResourceKind.Names("", List.of(), List.of()),
                true, Set.of(), List.of(), new ResourceKind.Storage("/registry/secrets/", gvk),
                new Schemas().shape(gvk).orElseThrow(), List.of(),
                new ResourceKind.Strategy(true, false, false, true, true));
        Write write = new Write(Write.Operation.CREATE, kind, "", new Key("default", "s"), Optional.empty(),
                Caller.ANONYMOUS, false, Struct.EMPTY);
        assertThat(admission.handles(write)).isTrue();
        return admission.admit(write, secret);
    }

    private static String decode(Struct secret, String key) {
        return new String(Base64.getDecoder().decode(secret.struct("data").text(key)), StandardCharsets.UTF_8);
    }

    @Test
    void aFilledTokenIsValidWhileAccountAndSecretExist() throws BadCredential {
        Struct filled = admit(secret(AccountSecrets.TYPE, "robot", Struct.EMPTY));
        api.seed(Subjects.SECRETS, Obj.of(filled));
        api.deliver();
        String uid = api.get(Subjects.ACCOUNTS, new Key("default", "robot")).uid();
        assertThat(decode(filled, "ca.crt")).isEqualTo("CA");
        assertThat(decode(filled, "namespace")).isEqualTo("default");
        assertThat(filled.struct("metadata").struct("annotations").text(AccountSecrets.UID)).isEqualTo(uid);
        Credentials token = new Credentials(List.of(), decode(filled, "token"), List.of());
        assertThat(authenticator.authenticate(token).orElseThrow().user())
                .isEqualTo("system:serviceaccount:default:robot");
        api.vanish(Subjects.SECRETS, new Key("default", "s"));
        api.deliver();
        assertThatThrownBy(() -> authenticator.authenticate(token)).isInstanceOf(BadCredential.class);
    }

    @Test
    void aTokenWhoseSecretIsMarkedIsRefusedUntilTheMarkIsTakenAway() throws BadCredential {
        Struct filled = admit(secret(AccountSecrets.TYPE, "robot", Struct.EMPTY));
        Credentials token = new Credentials(List.of(), decode(filled, "token"), List.of());
        api.seed(Subjects.SECRETS, Obj.of(filled.withAt("2025-12-01", "metadata", "labels",
                "kubernetes.io/legacy-token-invalid-since")));
        api.deliver();
        assertThatThrownBy(() -> authenticator.authenticate(token)).isInstanceOf(BadCredential.class)
                .hasMessageContaining("the token in secret default/s for service account default/robot has been marked"
                        + " invalid");
        api.seed(Subjects.SECRETS, api.get(Subjects.SECRETS, new Key("default", "s")).without("metadata", "labels"));
        api.deliver();
        assertThat(authenticator.authenticate(token)).isPresent();
    }

    @Test
    void anExistingTokenIsKept() {
        assertThat(admit(secret(AccountSecrets.TYPE, "robot", Struct.of("token", "eA=="))).struct("data")
                .text("token")).isEqualTo("eA==");
    }

    @Test
    void neitherAnotherTypeNorAnUnknownAccountGetsAToken() {
        Struct other = secret("Opaque", "robot", Struct.EMPTY);
        Struct unknown = secret(AccountSecrets.TYPE, "nobody", Struct.EMPTY);
        assertThat(admit(other)).isEqualTo(other);
        assertThat(admit(unknown)).isEqualTo(unknown);
    }
}
