package io.k3j.authoidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.RSAKey;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Caller;
import io.k3j.authoidc.JwtConfiguration.Issuer;
import io.k3j.authoidc.JwtConfiguration.Mapping;
import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import io.k3j.componentapi.Health;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tokens whose groups are at another server, a real one of HTTPS: one that has them, one that lies, one that hangs.
class DistributedClaimsTest {
    private static final Cel CEL = new CelService();
    private static final String PREFIX = "oidc: could not expand distributed claims: ";
    private final AtomicLong nanos = new AtomicLong();
    /// The header `Authorization` of each question for groups.
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private Duration wait = Waiting.LIMIT;
    private TestIssuer server;
    private TestIssuer other;
    private JwtAuthenticator authenticator;

    @BeforeEach
    void serve() throws Exception {
        server = new TestIssuer();
        other = new TestIssuer();
    }

    @AfterEach
    void close() {
        never.countDown();
        if (authenticator != null) {
            authenticator.close();
        }
        server.close();
        other.close();
    }

    private void begin() throws InterruptedException {
        Issuer issuer = new Issuer(server.url(), "", server.authorities() + other.authorities(), List.of("me"), "",
                "");
        JwtConfiguration jwt = new JwtConfiguration(issuer, List.of(), new Mapping("sub", "", ""),
                new Mapping("groups", "oidc:", ""), Mapping.NONE, List.of(), List.of());
        authenticator = new JwtAuthenticator(jwt, new ClaimMapper(jwt, new ClaimExpressions(CEL)),
                new JwtAuthenticator.Parts(SigningAlgorithms.ALL, Map.of(),
                        new OidcMetrics("apiserver-test", () -> TestIssuer.NOW), Health.none(), () -> {
                        }, () -> TestIssuer.NOW, nanos::get, wait));
        authenticator.start();
        Waiting.until("the issuer is known", () -> authenticator.trouble().isEmpty());
    }

    /// Answers questions for groups.
    private void groups(TestIssuer at, String answer) {
        at.at("/groups", exchange -> {
            asked.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.sendResponseHeaders(200, answer.length());
            exchange.getResponseBody().write(answer.getBytes(StandardCharsets.US_ASCII));
        });
    }

    private static Struct away(Struct claims, String endpoint) {
        return claims.with("_claim_names", Struct.of("groups", "src1", "photo", "src2")).with("_claim_sources",
                Struct.of("src1", Struct.of("endpoint", endpoint, "access_token", "f005ba11"), "src2",
                        Struct.of("JWT", "x")));
    }

    /// A token whose groups are somewhere.
    private String token(String endpoint) {
        return TestIssuer.token(away(server.claims(), endpoint));
    }

    private Caller caller(String token) throws BadCredential {
        return authenticator.authenticate(SignedToken.parse(token).orElseThrow());
    }

    private void refused(String token, String why) {
        assertThatThrownBy(() -> caller(token)).isInstanceOf(BadCredential.class).hasMessageStartingWith(PREFIX)
                .hasMessageContaining(why).hasMessageNotContaining("f005ba11");
    }

    /// Answers with this, of which nothing was known before.
    private void answer(String answer) {
        groups(server, answer);
        nanos.addAndGet(DistributedClaims.KEPT.toNanos());
    }

    @Test
    void groupsAreThoseThatTheServerHas() throws Exception {
        begin();
        groups(server, TestIssuer.token(server.claims().with("groups", List.of("a", "b"))) + "\n");
        Caller jane = caller(token(server.url() + "/groups"));
        assertThat(jane.user()).isEqualTo("jane");
        assertThat(jane.groups()).containsExactly("oidc:a", "oidc:b");
        assertThat(asked).containsExactly("Bearer f005ba11");
    }

    @Test
    void anotherIssuerMayHaveSignedThem() throws Exception {
        RSAKey key = TestIssuer.rsa("theirs");
        other.publishes(key);
        groups(other, TestIssuer.token(other.claims().with("groups", "one"), JWSAlgorithm.RS256, key));
        begin();
        assertThat(caller(token(other.url() + "/groups")).groups()).containsExactly("oidc:one");
        nanos.addAndGet(DistributedClaims.KEPT.toNanos());
        assertThat(caller(token(other.url() + "/groups")).groups()).containsExactly("oidc:one");
        assertThat(other.fetches).as("its keys are known").hasValue(1);
    }

    @Test
    void whatTheTokenHoldsIsNotAskedFor() throws Exception {
        begin();
        groups(server, "unused");
        Struct away = away(server.claims(), server.url() + "/groups");
        assertThat(caller(TestIssuer.token(away.with("groups", "here"))).groups()).containsExactly("oidc:here");
        assertThat(caller(TestIssuer.token(away.with("_claim_names", Struct.of("photo", "src1")))).groups()).isEmpty();
        assertThat(caller(TestIssuer.token(away.with("_claim_names", Struct.of("groups", "src2")))).groups()).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void whatCannotBeUnderstoodStandsForNobody() throws Exception {
        begin();
        Struct away = away(server.claims(), server.url() + "/groups");
        refused(TestIssuer.token(away.without("_claim_sources")), "oidc: no claim sources");
        refused(TestIssuer.token(away.with("_claim_names", List.of("groups"))), "oidc: error parsing distributed claim"
                + " names: json: cannot unmarshal array into Go value of type map[string]string");
        refused(TestIssuer.token(away.with("_claim_names", Struct.of("photo", 5L))), "oidc: error parsing distributed"
                + " claim names: json: cannot unmarshal number into Go value of type string");
        refused(TestIssuer.token(away.with("_claim_sources", Struct.of("src1", "x"))), "oidc: could not parse claim"
                + " sources: json: cannot unmarshal string");
        refused(TestIssuer.token(away.with("_claim_names", Struct.of("groups", "src3"))),
                "id token _claim_names contained a source \"src3\" missing in _claims_sources");
        refused(TestIssuer.token(away.with("_claim_sources", Null.NULL)), "missing in _claims_sources");
        assertThat(asked).isEmpty();
    }

    @Test
    void whatTheServerSaysIsVerifiedAsEveryToken() throws Exception {
        begin();
        String token = token(server.url() + "/groups");
        Struct good = server.claims().with("groups", List.of("a"));
        answer(TestIssuer.token(good.with("aud", "you")));
        refused(token, "verify distributed claim token: oidc: expected audience \"me\" got [\"you\"]");
        answer(TestIssuer.token(good.with("exp", 1L)));
        refused(token, "verify distributed claim token: oidc: token is expired");
        answer(TestIssuer.token(good, JWSAlgorithm.RS256, TestIssuer.rsa("x")));
        refused(token, "verify distributed claim token: failed to verify signature");
        answer(TestIssuer.token(good.without("groups")));
        refused(token, "did not contain claim: groups");
        answer(TestIssuer.token(good.with("iss", "http://localhost:1")));
        refused(token, "verifying untrusted issuer \"http://localhost:1\" failed: Get"
                + " \"http://localhost:1/.well-known/openid-configuration\": it must be an https URL");
        answer("<html>");
        refused(token, "getting untrusted issuer from endpoint \"" + server.url() + "/groups\" failed for claim"
                + " \"groups\": malformed token");
        answer("a".repeat(ClaimResolver.MOST_BYTES + 1));
        refused(token, "while getting distributed claim \"groups\": Get ");
        answer(TestIssuer.token(good));
        assertThat(caller(token).groups()).containsExactly("oidc:a");
    }

    @Test
    void theAccessTokenIsForOneServerAndOverTlsOnly() throws Exception {
        begin();
        groups(other, "unused");
        refused(token(other.url().replace("https:", "http:") + "/groups"), "it must be an https URL");
        refused(token("file:///etc/passwd"), "it must be an https URL");
        server.at("/groups", exchange -> {
            exchange.getResponseHeaders().set("Location", other.url() + "/groups");
            exchange.sendResponseHeaders(302, -1);
        });
        refused(token(server.url() + "/groups"), "error while getting distributed claim JWT: 302");
        try (TestIssuer stranger = new TestIssuer()) {
            groups(stranger, "unused");
            refused(token(stranger.url() + "/groups"), "PKIX path");
        }
        Struct twoLines = away(server.claims(), other.url() + "/groups").with("_claim_sources", Struct.of("src1",
                Struct.of("endpoint", other.url() + "/groups", "access_token", "f005ba11\r\nHost: x")));
        refused(TestIssuer.token(twoLines), "invalid header field value for \"Authorization\"");
        assertThat(asked).isEmpty();
    }

    @Test
    void whatCameOfAQuestionCountsForAMoment() throws Exception {
        begin();
        server.at("/groups", exchange -> {
            asked.add("bad");
            exchange.sendResponseHeaders(503, -1);
        });
        String token = token(server.url() + "/groups");
        refused(token, "error while getting distributed claim JWT: 503");
        groups(server, TestIssuer.token(server.claims().with("groups", List.of("a"))));
        refused(token, "error while getting distributed claim JWT: 503");
        assertThat(asked).containsExactly("bad");
        nanos.addAndGet(DistributedClaims.KEPT.toNanos());
        assertThat(caller(token).groups()).containsExactly("oidc:a");
        assertThat(caller(token).groups()).containsExactly("oidc:a");
        assertThat(asked).containsExactly("bad", "Bearer f005ba11");
    }

    @Test
    void allWhoShowATokenAreServedByOneQuestion() throws Exception {
        begin();
        CountDownLatch answers = new CountDownLatch(1);
        String answer = TestIssuer.token(server.claims().with("groups", List.of("a")));
        server.at("/groups", exchange -> {
            asked.add("once");
            answers.await();
            exchange.sendResponseHeaders(200, answer.length());
            exchange.getResponseBody().write(answer.getBytes(StandardCharsets.US_ASCII));
        });
        String token = token(server.url() + "/groups");
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Caller>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(requests.submit(() -> caller(token)));
            }
            Waiting.until("a question", () -> !asked.isEmpty());
            answers.countDown();
            for (Future<Caller> one : all) {
                assertThat(one.get().groups()).containsExactly("oidc:a");
            }
        }
        assertThat(asked).containsExactly("once");
    }

    @Test
    void aServerThatHangsHoldsNobodyForLong() throws Exception {
        wait = Duration.ofMillis(100);
        begin();
        server.at("/groups", exchange -> never.await());
        String hanging = server.url() + "/groups";
        // the last one waits for its turn alone
        for (int i = 0; i <= DistributedClaims.AT_ONCE; i++) {
            refused(token(hanging + "?" + i), "while getting distributed claim \"groups\": context deadline exceeded");
        }
        // who has his groups in the token waits for nobody
        assertThat(caller(TestIssuer.token(server.claims().with("groups", "a"))).groups()).containsExactly("oidc:a");
        authenticator.close();
        refused(token(hanging + "?late"), "while getting distributed claim \"groups\": context canceled");
    }

    @Test
    void soManyTokensWaitForTheirTurn() throws Exception {
        begin();
        server.at("/groups", exchange -> {
            asked.add("once");
            never.await();
        });
        List<String> tokens = IntStream.rangeClosed(0, DistributedClaims.MOST_FETCHES)
                .mapToObj(i -> token(server.url() + "/groups?" + i)).toList();
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Caller>> all = new ArrayList<>();
            for (String token : tokens) {
                all.add(requests.submit(() -> caller(token)));
            }
            Waiting.until("the one too many is refused", () -> all.stream().filter(Future::isDone)
                    .anyMatch(one -> one.exceptionNow().getMessage().contains("more than 256 tokens wait for theirs")));
            assertThat(asked).hasSizeLessThanOrEqualTo(DistributedClaims.AT_ONCE);
            authenticator.close();
        }
    }

    @Test
    void whoHasManyGroupsTakesTheRoomOfThem() throws Exception {
        begin();
        List<String> many = IntStream.range(0, 2_000).mapToObj(i -> "group-" + i).toList();
        groups(server, TestIssuer.token(server.claims().with("groups", many)));
        String token = token(server.url() + "/groups");
        Caller jane = caller(token);
        assertThat(jane.groups()).hasSize(2_000);
        assertThat(TokenCache.weight(token, jane)).isGreaterThan(20 * token.length());
        assertThat(TokenCache.weight(token, new Caller("jane", "", List.of("a"), Map.of()))).isEqualTo(token.length());
    }
}
