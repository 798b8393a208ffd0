package io.k3j.authoidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.authoidc.JwtConfiguration.Issuer;
import io.k3j.authoidc.JwtConfiguration.Mapping;
import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import io.k3j.componentapi.Health;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens of a real issuer, of strangers, and of those who would be somebody else.
class IssuersTest {
    private static final Cel CEL = new CelService();
    private static final long PAUSE = RemoteKeySet.PAUSE.toNanos();
    private final AtomicReference<Instant> time = new AtomicReference<>(TestIssuer.NOW);
    private final AtomicLong nanos = new AtomicLong();
    private Duration wait = Waiting.LIMIT;
    private final OidcMetrics metrics = new OidcMetrics("apiserver-test", time::get);
    private TestIssuer server;
    private Issuers issuers = Issuers.NONE;

    @BeforeEach
    void serve() throws Exception {
        server = new TestIssuer();
    }

    @AfterEach
    void close() {
        issuers.all().forEach(JwtAuthenticator::close);
        server.close();
    }

    private JwtAuthenticator made(JwtConfiguration jwt) {
        return new JwtAuthenticator(jwt, new ClaimMapper(jwt, new ClaimExpressions(CEL)), new JwtAuthenticator.Parts(
                SigningAlgorithms.ALL, Map.of(), metrics, Health.none(), () -> {
                }, time::get, nanos::get, wait));
    }

    private static JwtConfiguration of(Issuer issuer) {
        return new JwtConfiguration(issuer, List.of(), new Mapping("sub", "", ""), Mapping.NONE, Mapping.NONE,
                List.of(), List.of());
    }

    private void use(Issuer... all) {
        Issuers before = issuers;
        issuers = issuers.next(List.of(all).stream().map(IssuersTest::of).toList(), this::made, time::get);
        issuers.without(before).forEach(JwtAuthenticator::start);
    }

    private void ready() throws InterruptedException {
        use(server.issuer());
        Waiting.until("the issuer is known", () -> issuers.trouble().isEmpty());
    }

    private void trouble(Issuer issuer, String... parts) throws InterruptedException {
        use(issuer);
        Waiting.until("the issuer was tried", () -> issuers.attempted());
        assertThat(issuers.trouble()).contains(parts);
        assertThatThrownBy(() -> issuers.authenticate(TestIssuer.token(server.claims().with("iss", issuer.url()))))
                .isInstanceOf(BadCredential.class).hasMessage("oidc: authenticator not initialized");
    }

    private void refused(String token, String why) {
        assertThatThrownBy(() -> issuers.authenticate(token)).isInstanceOf(BadCredential.class)
                .hasMessageContaining(why)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(token));
    }

    private static JWSAlgorithm fitting(int bits) {
        return bits == 256 ? JWSAlgorithm.RS256 : bits == 384 ? JWSAlgorithm.RS384 : JWSAlgorithm.RS512;
    }

    @Test
    void aTokenOfAnIssuerStandsForItsSubject() throws Exception {
        ECKey elliptic = TestIssuer.elliptic("ec");
        server.publishes(TestIssuer.RSA, elliptic);
        ready();
        for (int bits : new int[] {256, 384, 512}) {
            assertThat(issuers.authenticate(TestIssuer.token(server.claims(), fitting(bits), TestIssuer.RSA)))
                    .get().extracting("user").isEqualTo("jane");
        }
        assertThat(issuers.authenticate(TestIssuer.token(server.claims(), JWSAlgorithm.PS256, TestIssuer.RSA)))
                .isPresent();
        assertThat(issuers.authenticate(TestIssuer.token(server.claims(), JWSAlgorithm.ES256, elliptic))).isPresent();
        assertThat(issuers.authenticate(TestIssuer.token(server.claims().with("aud", List.of("you", "me")))))
                .isPresent();
        assertThat(metrics.text()).contains("jwt_authenticator_latency_seconds_count{result=\"success\"")
                .contains("jwks_fetch_last_timestamp_seconds{result=\"success\"");
    }

    @Test
    void tokensOfOthersAreNoneOfOurs() throws Exception {
        ready();
        int asked = server.fetches.get();
        assertThat(issuers.authenticate("")).isEmpty();
        assertThat(issuers.authenticate("abcdef.0123456789abcdef")).isEmpty();
        assertThat(issuers.authenticate("a.b.c")).isEmpty();
        assertThat(issuers.authenticate(TestIssuer.token(
                server.claims().with("iss", "https://kubernetes.default.svc.cluster.local")))).isEmpty();
        assertThat(issuers.authenticate(TestIssuer.token(server.claims().with("iss", List.of(server.url())))))
                .isEmpty();
        assertThat(issuers.authenticate(TestIssuer.token(server.claims().with("x", "y".repeat(64 << 10))))).isEmpty();
        assertThat(server.fetches).hasValue(asked);
    }

    @Test
    void nobodySignsWithWhatIsPublished() throws Exception {
        ready();
        String claims = TestIssuer.part(server.claims());
        refused(TestIssuer.part(Struct.of("alg", "none")) + "." + claims + ".", "malformed jwt");
        JWSHeader mac = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa").build();
        byte[] published = TestIssuer.RSA.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8);
        String signed = mac.toBase64URL() + "." + claims;
        String byMac = signed + "." + new MACSigner(published).sign(mac, signed.getBytes(StandardCharsets.US_ASCII));
        refused(byMac, "oidc: verify token: oidc: id token signed with unsupported algorithm, expected [\"ES256\"");
        String good = TestIssuer.token(server.claims());
        String other = TestIssuer.part(server.claims().with("sub", "system:admin"));
        refused(good.replaceFirst("\\.[^.]+\\.", "." + other + "."), "failed to verify id token signature");
        refused(good.substring(0, good.lastIndexOf('.') + 1), "failed to verify id token signature");
        refused("e30." + claims + ".x", "malformed jwt");
        String critical = TestIssuer.part(Struct.of("alg", "RS256", "kid", "rsa", "crit", List.of("x"), "x", 1L));
        refused(critical + "." + claims + "." + good.substring(good.lastIndexOf('.') + 1), "oidc: verify token");
    }

    /// What is signed then is another text than the one that is read (RFC 7797, 7: not in tokens).
    @Test
    void claimsThatAreSignedInAnotherFormAreNone() throws Exception {
        ready();
        JWSHeader plain = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").base64URLEncodePayload(false)
                .criticalParams(Set.of("b64")).build();
        String signed = plain.toBase64URL() + "." + TestIssuer.part(server.claims());
        Base64URL signature = new RSASSASigner(TestIssuer.RSA).sign(plain, signed.getBytes(StandardCharsets.US_ASCII));
        refused(signed + "." + signature, "malformed jwt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "' or 1=1", "https://evil.example.com/keys", "rsa\u0000"})
    void aKeyIdIsAName(String id) throws Exception {
        ready();
        RSAKey theirs = TestIssuer.rsa(id);
        refused(TestIssuer.token(server.claims(), JWSAlgorithm.RS256, theirs), "failed to verify id token signature");
    }

    @Test
    void aKeyThatATokenBringsAlongIsNotBelieved() throws Exception {
        ready();
        RSAKey theirs = TestIssuer.rsa("rsa");
        String header = TestIssuer.part(Struct.of("alg", "RS256", "kid", "rsa", "jku", "https://evil.example.com",
                "jwk", Struct.of("kty", "RSA", "n", theirs.getModulus().toString(), "e", "AQAB")));
        String claims = TestIssuer.part(server.claims());
        Base64URL signature = new RSASSASigner(theirs).sign(
                new JWSHeader(JWSAlgorithm.RS256), (header + "." + claims).getBytes(StandardCharsets.US_ASCII));
        refused(header + "." + claims + "." + signature, "failed to verify id token signature");
    }

    @Test
    void audiencesAndTimesAreCompared() throws Exception {
        ready();
        Struct claims = server.claims();
        long now = TestIssuer.NOW.getEpochSecond();
        refused(TestIssuer.token(claims.with("aud", "you")), "oidc: expected audience \"me\" got [\"you\"]");
        refused(TestIssuer.token(claims.without("aud")), "oidc: expected audience \"me\" got []");
        refused(TestIssuer.token(claims.with("aud", List.of(List.of("me")))), "oidc: failed to unmarshal claims");
        refused(TestIssuer.token(claims.with("exp", now - 1)),
                "oidc: token is expired (Token Expiry: 2026-11-26T11:59:59Z)");
        refused(TestIssuer.token(claims.without("exp")), "oidc: token is expired");
        refused(TestIssuer.token(claims.with("exp", "soon")), "oidc: failed to unmarshal claims");
        refused(TestIssuer.token(claims.with("nbf", now + 61)), "before the nbf (not before) time");
        assertThat(issuers.authenticate(TestIssuer.token(claims.with("nbf", now + 60)))).isPresent();
    }

    @Test
    void aTokenIsRememberedForTenSecondsAndNeverBeyondItsEnd() throws Exception {
        ready();
        String token = TestIssuer.token(server.claims().with("exp", TestIssuer.NOW.getEpochSecond() + 5));
        assertThat(issuers.authenticate(token)).isPresent();
        time.set(TestIssuer.NOW.plusSeconds(4));
        assertThat(issuers.authenticate(token)).isPresent();
        time.set(TestIssuer.NOW.plusSeconds(6));
        refused(token, "oidc: token is expired");
    }

    @Test
    void aNewKeyIsFetchedOnceForAllWhoBringIt() throws Exception {
        ready();
        RSAKey next = TestIssuer.rsa("next");
        String token = TestIssuer.token(server.claims(), JWSAlgorithm.RS256, next);
        int asked = server.fetches.get();
        refused(token, "failed to verify id token signature");
        assertThat(server.fetches).hasValue(asked + 1);
        server.publishes(TestIssuer.RSA, next);
        refused(token, "failed to verify id token signature");
        assertThat(server.fetches).as("a moment ago").hasValue(asked + 1);
        nanos.addAndGet(PAUSE);
        assertThat(issuers.authenticate(token)).isPresent();
        assertThat(server.fetches).hasValue(asked + 2);
        assertThat(issuers.authenticate(TestIssuer.token(server.claims().with("sub", "joe"), JWSAlgorithm.RS256,
                next))).isPresent();
        assertThat(server.fetches).hasValue(asked + 2);
    }

    @Test
    void keysThatAreTakenBackVerifyNothingOnceOthersWereFetched() throws Exception {
        ready();
        RSAKey next = TestIssuer.rsa("next");
        server.publishes(next);
        assertThat(issuers.authenticate(TestIssuer.token(server.claims(), JWSAlgorithm.RS256, next))).isPresent();
        refused(TestIssuer.token(server.claims()), "failed to verify id token signature");
    }

    @Test
    void anIssuerThatLiesTakesNoKeyAway() throws Exception {
        ready();
        String foreign = TestIssuer.token(server.claims(), JWSAlgorithm.RS256, TestIssuer.rsa("x"));
        for (String lie : List.of("", "[]", "{\"keys\": 5}", "<html>", "{\"keys\":[{\"kty\":\"RSA\"}]}")) {
            server.says("/keys", lie);
            nanos.addAndGet(PAUSE);
            refused(foreign, "failed to verify id token signature");
        }
        server.at("/keys", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] megabyte = new byte[1 << 20];
            for (int i = 0; i < 10; i++) {
                exchange.getResponseBody().write(megabyte);
            }
        });
        nanos.addAndGet(PAUSE);
        refused(foreign, "failed to verify id token signature");
        assertThat(issuers.authenticate(TestIssuer.token(server.claims()))).isPresent();
        assertThat(metrics.text()).contains("jwks_fetch_last_timestamp_seconds{result=\"failure\"");
    }

    @Test
    void anIssuerThatHangsHoldsNobodyForLong() throws Exception {
        wait = Duration.ofMillis(100);
        ready();
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        server.at("/keys", exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            hangs.countDown();
            end.await();
        });
        String foreign = TestIssuer.token(server.claims(), JWSAlgorithm.RS256, TestIssuer.rsa("x"));
        refused(foreign, "failed to verify id token signature");
        hangs.await();
        refused(foreign, "failed to verify id token signature");
        assertThat(issuers.authenticate(TestIssuer.token(server.claims()))).isPresent();
        end.countDown();
    }

    @Test
    void anIssuerMustBeWhoItSaysItIs() throws Exception {
        server.says("/.well-known/openid-configuration",
                "{\"issuer\": \"https://other\", \"jwks_uri\": \"" + server.url() + "/keys\"}");
        trouble(server.issuer(), "oidc: issuer did not match the issuer returned by provider, expected \""
                + server.url() + "\" got \"https://other\"");
    }

    @Test
    void keysComeOverTlsOnly() throws Exception {
        server.says("/.well-known/openid-configuration",
                "{\"issuer\": \"" + server.url() + "\", \"jwks_uri\": \"http://localhost/keys\"}");
        trouble(server.issuer(), "Get \"http://localhost/keys\": it must be an https URL");
    }

    @Test
    void anIssuerThatTheAuthoritiesDoNotKnowIsNotBelieved() throws Exception {
        try (TestIssuer other = new TestIssuer()) {
            Issuer real = server.issuer();
            trouble(new Issuer(real.url(), "", other.authorities(), real.audiences(), "", ""), "PKIX path");
        }
        assertThat(server.fetches).hasValue(0);
    }

    @Test
    void redirectsStayWithinTls() throws Exception {
        server.at("/.well-known/openid-configuration", exchange -> {
            exchange.getResponseHeaders().set("Location", "http://localhost:1/metadata");
            exchange.sendResponseHeaders(302, -1);
        });
        trouble(server.issuer(), "302");
    }

    @Test
    void whatAnIssuerSaysIsNoLineOfTheLog() throws Exception {
        server.at("/.well-known/openid-configuration", exchange -> {
            exchange.sendResponseHeaders(503, 0);
            exchange.getResponseBody().write("away\nE1126 all is well\u001b[2J".getBytes(StandardCharsets.UTF_8));
        });
        trouble(server.issuer(), ": 503: \"away\\nE1126 all is well\\u001b[2J\"");
    }

    @Test
    void aDiscoveryDocumentMayLieElsewhere() throws Exception {
        String document = "{\"issuer\": \"https://issuer.invalid\", \"jwks_uri\": \"" + server.url() + "/keys\"}";
        server.says("/elsewhere", document);
        use(new Issuer("https://issuer.invalid", server.url() + "/elsewhere", server.authorities(), List.of("a", "me"),
                "MatchAny", ""));
        Waiting.until("the issuer is known", () -> issuers.trouble().isEmpty());
        Struct claims = server.claims().with("iss", "https://issuer.invalid");
        assertThat(issuers.authenticate(TestIssuer.token(claims))).isPresent();
        refused(TestIssuer.token(claims.with("aud", "b")), "oidc: expected audience in [\"a\" \"me\"] got [\"b\"]");
        assertThat(issuers.authenticate(TestIssuer.token(server.claims()))).isEmpty();
    }

    @Test
    void throughTheEgressSelectorOfTheClusterAddressesAreReached() throws Exception {
        String address = server.url().replace("localhost", "127.0.0.1");
        server.says("/elsewhere", "{\"issuer\": \"https://issuer.invalid\", \"jwks_uri\": \"" + address + "/keys\"}");
        use(new Issuer("https://issuer.invalid", address + "/elsewhere", server.authorities(), List.of("me"), "",
                "cluster"));
        Waiting.until("the issuer is known", () -> issuers.trouble().isEmpty());
        assertThat(issuers.authenticate(TestIssuer.token(server.claims().with("iss", "https://issuer.invalid"))))
                .isPresent();
    }

    @Test
    void throughTheEgressSelectorOfTheClusterNobodyIsRedirected() throws Exception {
        server.at("/elsewhere", exchange -> {
            exchange.getResponseHeaders().set("Location", server.url() + "/.well-known/openid-configuration");
            exchange.sendResponseHeaders(302, -1);
        });
        use(new Issuer(server.url(), server.url().replace("localhost", "127.0.0.1") + "/elsewhere",
                server.authorities(), List.of("me"), "", "cluster"));
        Waiting.until("it is told", () -> issuers.trouble().contains("/elsewhere\": 302: "));
    }

    @Test
    void oneIssuerThatIsAwayKeepsNobodyElseOut() throws Exception {
        Issuer away = new Issuer("https://localhost:1", "", server.authorities(), List.of("me"), "", "");
        use(away, server.issuer());
        Waiting.until("both were tried", () -> issuers.attempted());
        String trouble = issuers.trouble();
        assertThat(trouble).startsWith("oidc: authenticator for issuer \"https://localhost:1\" is not healthy: Get \"");
        assertThat(trouble).endsWith(": cannot connect");
        assertThat(issuers.authenticate(TestIssuer.token(server.claims()))).isPresent();
        refused(TestIssuer.token(server.claims().with("iss", away.url())), "oidc: authenticator not initialized");
    }

    @Test
    void anIssuerThatStaysConfiguredKeepsWhatItKnows() throws Exception {
        ready();
        JwtAuthenticator kept = issuers.all().iterator().next();
        server.at("/.well-known/openid-configuration", exchange -> exchange.sendResponseHeaders(500, -1));
        use(server.issuer(), new Issuer("https://localhost:1", "", "", List.of("me"), "", ""));
        assertThat(issuers.all()).contains(kept).hasSize(2);
        assertThat(issuers.authenticate(TestIssuer.token(server.claims()))).isPresent();
    }

    @Test
    void aLongKeySetIsRefused() {
        String many = "{\"keys\":[" + "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"},".repeat(101);
        assertThatThrownBy(() -> VerificationKeys.parse((many.substring(0, many.length() - 1) + "]}")
                .getBytes(StandardCharsets.UTF_8))).hasMessageContaining("101 keys, more than 100");
        String weak = "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(
                new byte[] {1, 2, 3}) + "\",\"e\":\"AQAB\"},{\"kty\":\"oct\",\"k\":\"AAAA\"}]}";
        assertThat(VerificationKeys.parse(weak.getBytes(StandardCharsets.UTF_8)).size()).isZero();
    }
}
