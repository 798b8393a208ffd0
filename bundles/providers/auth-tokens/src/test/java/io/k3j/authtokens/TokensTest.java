package io.k3j.authtokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Action.Call;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.componentapi.Health;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {
    private static final KeyPair KEY = Keys.elliptic();
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final Subjects subjects = new Subjects(api);
    @TempDir
    private Path tls;
    private AccountKeys keys;
    private AccountAuthenticator authenticator;

    @BeforeEach
    void createAccount() throws IOException {
        PemFiles.write(tls.resolve("service.key"), KEY);
        PemFiles.write(tls.resolve("service.current.key"), KEY);
        keys = new AccountKeys(tls, TokenOptions.of("cluster.local", "https://10.0.0.1:6443"));
        authenticator = new AccountAuthenticator(keys, subjects, new LegacyTokenTracking(api, Health.none(), clock),
                clock);
        api.seed(Subjects.ACCOUNTS, object("ServiceAccount", "robot", Struct.EMPTY));
    }

    @AfterEach
    void close() {
        subjects.stop();
        api.close();
    }

    private static Obj object(String kind, String name, Struct spec) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", kind, "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", spec));
    }

    /// A server with other arguments, and the same keys.
    private void arguments(String... arguments) {
        keys = new AccountKeys(tls, TokenOptions.of("cluster.local", "https://10.0.0.1:6443", arguments));
        authenticator = new AccountAuthenticator(keys, subjects, new LegacyTokenTracking(api, Health.none(), clock),
                clock);
    }

    private Struct request(Struct spec) {
        return new TokenRequests(keys, subjects, clock).perform(new Call(Caller.ANONYMOUS, new Key("default", "robot"),
                Struct.of("spec", spec), false)).struct("status");
    }

    private Optional<Caller> authenticate(String token, String... audiences) throws BadCredential {
        return authenticator.authenticate(new Credentials(List.of(), token, List.of(audiences)));
    }

    @Test
    void aTokenAuthenticatesItsAccount() throws BadCredential {
        Caller caller = authenticate(request(Struct.EMPTY).text("token")).orElseThrow();
        assertThat(caller.user()).isEqualTo("system:serviceaccount:default:robot");
        assertThat(caller.groups()).containsExactly("system:serviceaccounts", "system:serviceaccounts:default");
        assertThat(caller.uid()).isNotEmpty();
    }

    private Struct asked(Struct metadata, Struct spec, Action.Notes notes) {
        return new TokenRequests(keys, subjects, clock).perform(new Call(Caller.ANONYMOUS, new Key("default", "robot"),
                Struct.of("metadata", metadata, "spec", spec), false, "", notes));
    }

    @Test
    void aRequestNamesTheAccountOfItsPath() {
        String uid = asked(Struct.EMPTY, Struct.EMPTY, _ -> {
        }).struct("metadata").text("uid");
        assertThat(uid).isNotEmpty();
        for (String field : List.of("name", "namespace")) {
            assertThatThrownBy(() -> asked(Struct.of(field, "other"), Struct.EMPTY, _ -> {
            })).hasMessage("TokenRequest.authentication.k8s.io \"robot\" is invalid: metadata." + field
                    + ": Invalid value: \"other\": must match the service account " + field + " if specified");
        }
        assertThatThrownBy(() -> asked(Struct.of("uid", "old"), Struct.EMPTY, _ -> {
        })).hasMessage("Operation cannot be fulfilled on TokenRequest.authentication.k8s.io \"robot\": the UID in the"
                + " token request (old) does not match the UID of the service account (" + uid + ")");
        assertThatThrownBy(() -> asked(Struct.EMPTY, Struct.of("boundObjectRef",
                Struct.of("apiVersion", "apps/v1", "kind", "Pod", "name", "p")), _ -> {
                })).hasMessage("cannot bind token to object of type apps/v1, Kind=Pod");
    }

    @Test
    void whoAsksHearsOfAShorterTimeAndTheAuditOfTheToken() {
        arguments("service-account-max-token-expiration=1h");
        List<String> said = new ArrayList<>();
        Struct answer = asked(Struct.EMPTY, Struct.of("expirationSeconds", 7200), new Action.Notes() {
            @Override
            public void accept(String warning) {
                said.add(warning);
            }

            @Override
            public void annotate(String key, String value) {
                said.add(key + "=" + value);
            }
        });
        assertThat(answer.struct("spec").whole("expirationSeconds", 0)).isEqualTo(3600);
        String id = Jwt.parse(answer.struct("status").text("token")).orElseThrow().claims().text("jti");
        assertThat(said).containsExactly("requested expiration of 7200 seconds shortened to 3600 seconds",
                "authentication.kubernetes.io/issued-credential-id=JTI=" + id);
    }

    @Test
    void argumentsNameOtherKeys() throws IOException, BadCredential {
        String before = request(Struct.EMPTY).text("token");
        KeyPair mine = Keys.elliptic();
        Path signing = tls.resolve("mine.key");
        PemFiles.write(signing, mine);
        arguments("service-account-signing-key-file=" + signing, "service-account-key-file=" + signing);
        assertThat(authenticate(request(Struct.EMPTY).text("token"))).isPresent();
        assertThat(new String(keys.keySet(), StandardCharsets.UTF_8)).contains(Jwt.id(mine.getPublic()))
                .doesNotContain(Jwt.id(KEY.getPublic()));
        assertThatThrownBy(() -> authenticate(before)).isInstanceOf(BadCredential.class);
        arguments("service-account-key-file=" + signing, "service-account-key-file=" + tls.resolve("service.key"),
                "service-account-signing-key-file=" + signing);
        assertThat(authenticate(before)).as("signed by one of several keys").isPresent();
    }

    @ParameterizedTest
    @CsvSource({"ECDSAP256, ES256, P-256, 43", "ECDSAP384, ES384, P-384, 64", "ECDSAP521, ES512, P-521, 88"})
    void aKeySignsAsItsCurveSays(String type, String algorithm, String curve, int length) throws IOException {
        KeyPair pair = Keys.ofType(type);
        Path open = tls.resolve("open.pub");
        PemFiles.write(open, Pem.encode(Pem.PUBLIC_KEY, pair.getPublic().getEncoded()), PemFiles.OPEN);
        arguments("service-account-key-file=" + open);
        Jwt token = Jwt.parse(Jwt.sign(Struct.EMPTY, pair)).orElseThrow();
        assertThat(token.header().text("alg")).isEqualTo(algorithm);
        assertThat(keys.signed(token)).isTrue();
        Struct published = Json.object(keys.keySet()).seq("keys").struct(0);
        assertThat(published.text("alg")).isEqualTo(algorithm);
        assertThat(published.text("crv")).isEqualTo(curve);
        assertThat(published.text("x")).hasSize(length);
        assertThat(published.text("y")).hasSize(length);
        assertThat(Json.object(keys.configuration()).seq("id_token_signing_alg_values_supported").texts())
                .contains(algorithm);
    }

    @Test
    void aKeyMayBeThatOfACertificate() throws IOException {
        KeyPair pair = Keys.elliptic();
        Path certificate = tls.resolve("mine.crt");
        PemFiles.write(certificate,
                CertificateAuthority.selfSigned("mine", pair, Instant.now(), new Random(1)).chain());
        arguments("service-account-key-file=" + certificate);
        assertThat(keys.signed(Jwt.parse(Jwt.sign(Struct.EMPTY, pair)).orElseThrow())).isTrue();
    }

    @Test
    void aKeyOfAnotherKindIsNone() throws IOException {
        KeyPair pair = Keys.ofType("ED25519");
        Path open = tls.resolve("open.pub");
        PemFiles.write(open, Pem.encode(Pem.PUBLIC_KEY, pair.getPublic().getEncoded()), PemFiles.OPEN);
        assertThatThrownBy(() -> arguments("service-account-key-file=" + open))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("no key in " + open);
        assertThatThrownBy(() -> Jwt.sign(Struct.EMPTY, pair)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFileWithoutAKeyIsToldByItsArgument() throws IOException {
        Path absent = tls.resolve("absent.key");
        Path damaged = tls.resolve("damaged.key");
        PemFiles.write(damaged, "-----BEGIN PUBLIC KEY-----\n", PemFiles.OPEN);
        assertThatThrownBy(() -> arguments("service-account-key-file=" + damaged))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("no key in " + damaged + " (PEM block");
        assertThatThrownBy(() -> arguments("service-account-key-file=" + absent))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("no key in " + absent)
                .hasMessageContaining("--kube-apiserver-arg=service-account-key-file");
        assertThatThrownBy(() -> arguments("service-account-signing-key-file=" + absent))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("no private key")
                .hasMessageContaining("--kube-apiserver-arg=service-account-signing-key-file");
    }

    @Test
    void aTokenIsValidUntilItsExpiryAndWhileAccountAndPodExist() throws BadCredential {
        Obj pod = api.seed(Subjects.PODS, object("Pod", "p", Struct.of("serviceAccountName", "robot")));
        String token = request(Struct.of("expirationSeconds", 600, "boundObjectRef",
                Struct.of("kind", "Pod", "name", "p", "uid", pod.uid()))).text("token");
        assertThat(authenticate(token).orElseThrow().extra()).containsAllEntriesOf(Map.of(
                "authentication.kubernetes.io/pod-name", List.of("p"),
                "authentication.kubernetes.io/pod-uid", List.of(pod.uid())));
        clock.advance(Duration.ofSeconds(700));
        assertThatThrownBy(() -> authenticate(token)).isInstanceOf(BadCredential.class).hasMessageContaining("expired");
        String other = request(Struct.of("boundObjectRef", Struct.of("kind", "Pod", "name", "p"))).text("token");
        assertThat(authenticate(other)).isPresent();
        api.vanish(Subjects.PODS, pod.key());
        assertThatThrownBy(() -> authenticate(other)).isInstanceOf(BadCredential.class)
                .hasMessage("service account token has been invalidated");
        String last = api.seed(Subjects.PODS, object("Pod", "p", Struct.of("serviceAccountName", "robot"))).uid();
        assertThatThrownBy(() -> authenticate(other)).isInstanceOf(BadCredential.class).hasMessage("pod UID (" + last
                + ") does not match service account pod ref claim (" + pod.uid() + ")");
        String plain = request(Struct.EMPTY).text("token");
        api.vanish(Subjects.ACCOUNTS, new Key("default", "robot"));
        assertThatThrownBy(() -> authenticate(plain)).isInstanceOf(BadCredential.class)
                .hasMessage("serviceaccounts \"robot\" not found");
    }

    @Test
    void aTokenIsValidForItsAudienceOnly() throws BadCredential {
        String token = request(Struct.of("audiences", List.of("vault"))).text("token");
        assertThat(authenticate(token, "vault")).isPresent();
        assertThatThrownBy(() -> authenticate(token, "bank", "shop")).isInstanceOf(BadCredential.class).hasMessage(
                "token audiences [\"vault\"] is invalid for the target audiences [\"bank\" \"shop\"]");
    }

    private Struct review(String token, String... audiences) {
        TokenReviews reviews = new TokenReviews(keys, List.of(authenticator));
        return reviews.perform(new Call(Caller.ANONYMOUS, Key.of(""), Struct.of("spec",
                Struct.of("token", token, "audiences", List.of(audiences))), false)).struct("status");
    }

    @Test
    void aReviewReturnsOnlyAudiencesOfTheToken() {
        String token = request(Struct.of("audiences", List.of("vault", "other"))).text("token");
        assertThat(review(token, "vault", "bank").seq("audiences").texts()).containsExactly("vault");
        assertThat(review(token, "bank").flag("authenticated")).isFalse();
        assertThat(review(request(Struct.EMPTY).text("token")).seq("audiences").texts())
                .isEqualTo(keys.audiences());
    }

    /// An OpenID Connect issuer names its audiences after its clients, so those of such a token say nothing here.
    @Test
    void aTokenOfAnotherIssuerIsForThisServer() {
        String token = Jwt.sign(Struct.of("iss", "https://issuer", "aud", "my-client", "sub", "jane"), KEY);
        TokenReviews reviews = new TokenReviews(keys, List.of(c -> Optional.of(Caller.of("jane", List.of()))));
        Struct status = reviews.perform(new Call(Caller.ANONYMOUS, Key.of(""),
                Struct.of("spec", Struct.of("token", token)), false)).struct("status");
        assertThat(status.flag("authenticated")).isTrue();
        assertThat(status.seq("audiences").texts()).isEqualTo(keys.audiences());
        Struct elsewhere = reviews.perform(new Call(Caller.ANONYMOUS, Key.of(""), Struct.of("spec",
                Struct.of("token", token, "audiences", List.of("my-client"))), false)).struct("status");
        assertThat(elsewhere.flag("authenticated")).as("wanted for another server").isFalse();
    }

    /// As one whose webhook compares audiences.
    private static final class Comparing implements Authenticator {
        @Override
        public Optional<Caller> authenticate(Credentials credentials) {
            return Optional.of(Caller.of("jane", List.of()));
        }

        @Override
        public Optional<Reviewed> review(Credentials credentials) {
            List<String> meant = credentials.audiences().stream().filter("vault"::equals).toList();
            return meant.isEmpty() ? Optional.empty() : authenticate(credentials).map(who -> new Reviewed(who, meant));
        }
    }

    @Test
    void aTokenIsForWhomItsAuthenticatorSays() {
        TokenReviews reviews = new TokenReviews(keys, List.of(new Comparing()));
        Struct status = reviews.perform(new Call(Caller.ANONYMOUS, Key.of(""), Struct.of("spec",
                Struct.of("token", "opaque", "audiences", List.of("bank", "vault"))), false)).struct("status");
        assertThat(status.flag("authenticated")).isTrue();
        assertThat(status.struct("user").text("username")).isEqualTo("jane");
        assertThat(status.seq("audiences").texts()).containsExactly("vault");
    }

    @Test
    void aChangedTokenAndAForeignKeyAreRefused() throws BadCredential {
        String token = request(Struct.EMPTY).text("token");
        String[] parts = token.split("\\.");
        String claims = Base64.getUrlEncoder().withoutPadding().encodeToString(
                Json.bytes(Jwt.parse(token).orElseThrow().claims().with("sub", "system:serviceaccount:default:admin")));
        assertThatThrownBy(() -> authenticate(parts[0] + "." + claims + "." + parts[2]))
                .isInstanceOf(BadCredential.class);
        Struct own = Jwt.parse(token).orElseThrow().claims();
        assertThatThrownBy(() -> authenticate(Jwt.sign(own, Keys.elliptic()))).isInstanceOf(BadCredential.class);
        String none = Base64.getUrlEncoder().withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> authenticate(none + "." + parts[1] + ".")).isInstanceOf(BadCredential.class);
        assertThat(authenticate("something-else")).isEmpty();
        assertThat(authenticate("")).isEmpty();
        assertThat(authenticate(Jwt.sign(own.with("iss", "https://elsewhere"), KEY))).isEmpty();
    }

    @Test
    void aShortExpirationIsRefusedAsUpstream() {
        assertThatThrownBy(() -> request(Struct.of("expirationSeconds", 60))).isInstanceOf(ApiFault.class)
                .hasMessage("TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid"
                        + " value: 60: may not specify a duration less than 10 minutes");
    }

    @Test
    void theFirstIssuerOfTheArgumentsIssuesAndTokensOfAllAreTaken() throws BadCredential {
        String before = request(Struct.EMPTY).text("token");
        arguments("service-account-issuer=https://tokens.example.com",
                "service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "service-account-jwks-uri=https://tokens.example.com/keys");
        String now = request(Struct.EMPTY).text("token");
        assertThat(Jwt.parse(now).orElseThrow().claims().text("iss")).isEqualTo("https://tokens.example.com");
        assertThat(authenticate(now)).isPresent();
        assertThat(authenticate(before)).isPresent();
        assertThat(review(before).seq("audiences").texts()).isEqualTo(keys.audiences());
        Struct published = Json.object(keys.configuration());
        assertThat(published.text("issuer")).isEqualTo("https://tokens.example.com");
        assertThat(published.text("jwks_uri")).isEqualTo("https://tokens.example.com/keys");
        arguments("service-account-issuer=https://tokens.example.com");
        assertThat(authenticate(before)).as("of an issuer that is named no more").isEmpty();
    }

    @Test
    void aTokenIsForTheAudiencesOfTheArguments() throws BadCredential {
        arguments("api-audiences=one,two");
        String token = request(Struct.EMPTY).text("token");
        assertThat(Jwt.parse(token).orElseThrow().claims().seq("aud").texts()).containsExactly("one", "two");
        assertThat(authenticate(token, "two")).isPresent();
        String other = request(Struct.of("audiences", List.of("k3s"))).text("token");
        assertThatThrownBy(() -> authenticate(other)).isInstanceOf(BadCredential.class);
    }

    @Test
    void aTokenLivesAsLongAsArgumentsAllow() {
        arguments("service-account-max-token-expiration=2h");
        assertThat(lifetime(Struct.of("expirationSeconds", 86_400))).isEqualTo(Duration.ofHours(2));
        assertThat(lifetime(Struct.of("expirationSeconds", 600))).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void tokensOfPodsAreExtendedUnlessArgumentsForbidIt() {
        Obj pod = api.seed(Subjects.PODS, object("Pod", "p", Struct.of("serviceAccountName", "robot")));
        Struct asked = Struct.of("expirationSeconds", 3607, "boundObjectRef",
                Struct.of("kind", "Pod", "name", "p", "uid", pod.uid()));
        assertThat(lifetime(asked)).isEqualTo(Duration.ofDays(365));
        arguments("service-account-extend-token-expiration=false");
        assertThat(lifetime(asked)).isEqualTo(Duration.ofSeconds(3607));
    }

    private Duration lifetime(Struct spec) {
        Struct claims = Jwt.parse(request(spec).text("token")).orElseThrow().claims();
        return Duration.ofSeconds(claims.whole("exp", 0) - claims.whole("iat", 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "service-account-max-token-expiration=59m|must be between 1 hour and 2^32 seconds",
            "service-account-max-token-expiration=day|must be a duration longer than zero",
            "service-account-jwks-uri=http://x|requires https scheme",
            "service-account-extend-token-expiration=yes|must be true or false",
            "service-account-issuer=|is empty or given twice"})
    void wrongArgumentsAreTold(String argument, String message) {
        assertThatThrownBy(() -> arguments(argument)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aBootstrapTokenHasItsGroups() throws BadCredential {
        Struct data = Struct.of("token-id", encode("abcdef"), "token-secret", encode("0123456789abcdef"),
                "usage-bootstrap-authentication", encode("true"), "auth-extra-groups",
                encode("system:bootstrappers:k3s:default-node-token,evil"));
        api.seed(new Gvr("", "v1", "secrets"), Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", "bootstrap-token-abcdef", "namespace", "kube-system"), "type",
                "bootstrap.kubernetes.io/token", "data", data)));
        BootstrapAuthenticator tokens = new BootstrapAuthenticator(subjects, clock);
        Caller caller = tokens.authenticate(new Credentials(List.of(), "abcdef.0123456789abcdef", List.of()))
                .orElseThrow();
        assertThat(caller.user()).isEqualTo("system:bootstrap:abcdef");
        assertThat(caller.groups()).containsExactly("system:bootstrappers",
                "system:bootstrappers:k3s:default-node-token");
        assertThatThrownBy(() -> tokens
                .authenticate(new Credentials(List.of(), "abcdef.0123456789abcdee", List.of())))
                .isInstanceOf(BadCredential.class);
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theKeySetContainsTheKeyUnderTheTokensKeyId() {
        String id = Jwt.parse(request(Struct.EMPTY).text("token")).orElseThrow().header().text("kid");
        Struct published = Json.object(keys.keySet()).seq("keys").struct(0);
        assertThat(published.text("kid")).isEqualTo(id);
        assertThat(published.text("alg")).isEqualTo("ES256");
        assertThat(Json.object(keys.configuration()).text("jwks_uri"))
                .isEqualTo("https://10.0.0.1:6443/openid/v1/jwks");
    }
}
