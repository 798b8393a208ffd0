package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.apiaccess.Access;
import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.flowcontrol.AuthFailureLimiter;
import io.k3j.metricstext.MetricText;
import io.k3j.objectregistry.Completeness;
import io.k3j.objectregistry.Slot;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private final TestServer server = new TestServer(new MemoryDatastore(),
            new Core.Policy(Set.of("RBAC"), Set.of(), AnonymousAuth.NOWHERE));

    @AfterEach
    void stop() {
        server.close();
    }

    private TestExchange as(String user, String... impersonated) throws IOException {
        TestExchange x = new TestExchange("GET", "/api/v1/namespaces/a/configmaps", new byte[0]);
        if (!user.isEmpty()) {
            x.with("authorization", "Bearer " + user);
        }
        for (int i = 0; i < impersonated.length; i += 2) {
            x.with(impersonated[i], impersonated[i + 1]);
        }
        return server.serve(x);
    }

    @Test
    void answers503WhileAnAuthorizerIsAway() throws IOException {
        assertThat(as("eve").status()).isEqualTo(503);
        assertThat(as("eve").answered("retry-after")).isEqualTo("1");
        assertThat(as("").status()).isEqualTo(200);
    }

    @Test
    void refusesWhatNoAuthorizerAllows() throws IOException {
        server.contributions.authorizers().add((caller, what) -> Authorizer.Decision.NO_OPINION,
                Map.of("name", "RBAC"));
        TestExchange x = as("eve");
        assertThat(x.status()).isEqualTo(403);
        assertThat(Json.object(x.bytes()).text("message")).isEqualTo("configmaps is forbidden: User \"eve\" cannot "
                + "list resource \"configmaps\" in API group \"\" in the namespace \"a\"");
    }

    /// It may deny what the others allow, or not ask them at all.
    @Test
    void whileTheConfiguredOrderIsAwayNobodyElseAllows() throws IOException {
        try (TestServer ordered = new TestServer(new MemoryDatastore(),
                new Core.Policy(Set.of("Configured"), Set.of(), AnonymousAuth.NOWHERE))) {
            ordered.everybody();
            TestExchange asked = new TestExchange("GET", "/api/v1/namespaces/a/configmaps", new byte[0])
                    .with("authorization", "Bearer eve");
            assertThat(ordered.serve(asked).status()).isEqualTo(503);
        }
    }

    @Test
    void afterOneThatDecidesAloneNobodyIsAsked() throws IOException {
        server.contributions.authorizers().add(new Authorizer() {
            @Override
            public Decision decide(Caller caller, Attributes what) {
                return new Decision(Verdict.NO_OPINION, "not in the order");
            }

            @Override
            public boolean decidesAlone() {
                return true;
            }
        }, Map.of("name", "Configured", "service.ranking", 1000));
        server.contributions.authorizers().add(
                (caller, what) -> new Authorizer.Decision(Authorizer.Verdict.ALLOW, ""), Map.of("name", "RBAC"));
        TestExchange x = as("eve");
        assertThat(x.status()).isEqualTo(403);
        assertThat(Json.object(x.bytes()).text("message")).endsWith(": not in the order");
    }

    @Test
    void aRefusalDoesNotCountWhenItsAuthorizerIsReplacedMeanwhile() throws IOException {
        Slot<Authorizer> authorizers = server.contributions.authorizers();
        List<Authorizer> old = new ArrayList<>();
        old.add((caller, what) -> {
            authorizers.remove(old.getFirst());
            authorizers.add((c, w) -> new Authorizer.Decision(Authorizer.Verdict.ALLOW, ""), Map.of("name", "RBAC"));
            return Authorizer.Decision.NO_OPINION;
        });
        authorizers.add(old.getFirst(), Map.of("name", "RBAC"));
        assertThat(as("eve").status()).isEqualTo(200);
    }

    @Test
    void refusesABadCredential() throws IOException {
        server.contributions.authenticators().add(c -> {
            throw new BadCredential("expired");
        }, Map.of("service.ranking", 5));
        assertThat(as("eve").status()).isEqualTo(401);
    }

    @Test
    void authenticationsAreCountedByTheirEnd() throws IOException {
        server.everybody();
        as("jane@example.com");
        as("eve");
        server.contributions.authenticators().add(c -> {
            throw new BadCredential("expired");
        }, Map.of("service.ranking", 50));
        as("eve");
        server.contributions.authenticators().add(c -> Optional.of(Caller.of("admin", List.of("system:masters"))),
                Map.of("service.ranking", 100));
        assertThat(server.get("/metrics").text()).contains("authentication_attempts{result=\"success\"} 3\n",
                "authentication_attempts{result=\"error\"} 1\n", "authentication_attempts{result=\"failure\"} 0\n",
                "authenticated_user_requests{username=\"email_id\"} 1\n",
                "authenticated_user_requests{username=\"other\"} 1\n");
    }

    @Test
    void itIsCountedHowLongCertificatesOfClientsAreStillValid() throws IOException {
        X509Certificate shown = proxy();
        Slot<Authenticator> anybody = Slot.highestFirst(Completeness.remembered());
        anybody.add(c -> Optional.of(Caller.of("jane", List.of())), Map.of());
        Access access = new Access(anybody, Slot.highestFirst(Completeness.remembered()), AnonymousAuth.NOWHERE, () -> {
        }, () -> shown.getNotAfter().toInstant().minusSeconds(3_000));
        access.caller(new Request(new TestExchange("GET", "/version", new byte[0]) {
            @Override
            public List<X509Certificate> clientCertificates() {
                return List.of(shown);
            }
        }));
        access.caller(new Request(new TestExchange("GET", "/version", new byte[0])));
        MetricText text = new MetricText();
        access.metrics().to(text);
        assertThat(text.toString()).contains("apiserver_client_certificate_expiration_seconds_bucket{le=\"1800\"} 0\n",
                "apiserver_client_certificate_expiration_seconds_bucket{le=\"3600\"} 1\n",
                "apiserver_client_certificate_expiration_seconds_bucket{le=\"31104000\"} 1\n",
                "apiserver_client_certificate_expiration_seconds_sum 3000.0\n",
                "apiserver_client_certificate_expiration_seconds_count 1\n");
    }

    private static TestExchange proxied(List<X509Certificate> shown) {
        TestExchange x = new TestExchange("GET", "/api/v1/namespaces/a/configmaps", new byte[0]) {
            @Override
            public List<X509Certificate> frontProxyCertificates() {
                return shown;
            }
        };
        return x.with("x-remote-user", "jane");
    }

    private static X509Certificate proxy() {
        return CertificateAuthority.selfSigned("p", Keys.elliptic(), Instant.now(), new Random(1)).certificate();
    }

    @Test
    void onlyHeadersOfAFrontProxyNameAUser() throws Exception {
        server.everybody();
        List<Map<String, List<String>>> told = new ArrayList<>();
        server.contributions.authenticators().add(c -> {
            told.add(c.proxied().headers());
            return Optional.empty();
        }, Map.of("service.ranking", 10));
        server.serve(proxied(List.of()).with("authorization", "Bearer eve"));
        server.serve(proxied(List.of(proxy())).with("authorization", "Bearer eve"));
        assertThat(told).hasSize(2);
        assertThat(told.getFirst()).isEmpty();
        assertThat(told.getLast()).containsEntry("x-remote-user", List.of("jane"));
    }

    @Test
    void aFrontProxyThatNobodyKnowsIsNotAnonymous() {
        Access open = new Access(Slot.highestFirst(Completeness.remembered()),
                Slot.highestFirst(Completeness.remembered()), AnonymousAuth.EVERYWHERE, () -> {
                });
        assertThat(open.caller(new Request(proxied(List.of())))).isEqualTo(Caller.ANONYMOUS);
        Request shown = new Request(proxied(List.of(proxy())));
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> open.caller(shown))
                .satisfies(f -> assertThat(f.code()).isEqualTo(401));
    }

    /// As upstream: not for the anonymous user, nor for who is said to be authenticated, or not, already.
    @Test
    void onlyWhoIsNotSaidToBeUnauthenticatedBecomesAuthenticated() {
        Map<Caller, List<String>> groups = Map.of(Caller.ANONYMOUS, List.of("system:unauthenticated"),
                Caller.of("system:anonymous", List.of()), List.of(),
                Caller.of("jane", List.of("system:unauthenticated")), List.of("system:unauthenticated"),
                Caller.of("jane", List.of("system:authenticated", "a")), List.of("system:authenticated", "a"),
                Caller.of("jane", List.of("a")), List.of("a", "system:authenticated"));
        groups.forEach((named, expected) -> {
            Slot<Authenticator> proxies = Slot.highestFirst(Completeness.remembered());
            proxies.add(c -> Optional.of(named), Map.of());
            Access access = new Access(proxies, Slot.highestFirst(Completeness.remembered()), AnonymousAuth.NOWHERE,
                    () -> {
                    });
            assertThat(access.caller(new Request(proxied(List.of(proxy())))).groups()).as(named.toString())
                    .isEqualTo(expected);
        });
    }

    @Test
    void impersonatesWhenAllowed() throws IOException {
        List<String> asked = new ArrayList<>();
        server.contributions.authorizers().add((Caller caller, Authorizer.Attributes what) -> {
            asked.add(caller.user() + " " + what.verb() + " " + what.resource() + " " + what.name());
            return new Authorizer.Decision(Authorizer.Verdict.ALLOW, "");
        }, Map.of("name", "RBAC"));
        assertThat(as("eve", "impersonate-user", "system:serviceaccount:ns:bot", "impersonate-group", "g").status())
                .isEqualTo(200);
        assertThat(asked).containsExactly("eve impersonate serviceaccounts bot", "eve impersonate groups g",
                "system:serviceaccount:ns:bot list configmaps ");
    }

    /// As upstream: who is said to be authenticated, or not, is not said to be so again.
    @Test
    void impersonatesTheGroupsThatAreNamed() throws IOException {
        List<Caller> callers = new ArrayList<>();
        server.contributions.authorizers().add((Caller caller, Authorizer.Attributes what) -> {
            callers.add(caller);
            return new Authorizer.Decision(Authorizer.Verdict.ALLOW, "");
        }, Map.of("name", "RBAC"));
        Map<String, List<String>> groups = Map.of("", List.of("system:authenticated"),
                "g", List.of("g", "system:authenticated"), "system:authenticated", List.of("system:authenticated"),
                "system:unauthenticated", List.of("system:unauthenticated"));
        for (Map.Entry<String, List<String>> one : groups.entrySet()) {
            TestExchange x = one.getKey().isEmpty() ? as("eve", "impersonate-user", "jane")
                    : as("eve", "impersonate-user", "jane", "impersonate-group", one.getKey());
            assertThat(x.status()).isEqualTo(200);
            assertThat(callers.getLast().groups()).as(one.getKey()).isEqualTo(one.getValue());
        }
        as("eve", "impersonate-user", "jane", "impersonate-extra-acme.com%2fproject", "x", "impersonate-extra-a%zz",
                "y");
        assertThat(callers.getLast().extra()).isEqualTo(Map.of("acme.com/project", List.of("x"), "a%zz",
                List.of("y")));
    }

    @Test
    void requiresCreateForAWebSocketThatExecutes() throws IOException {
        List<String> asked = new ArrayList<>();
        server.contributions.authorizers().add((Caller caller, Authorizer.Attributes what) -> {
            asked.add(what.verb() + " " + what.subresource());
            return new Authorizer.Decision(
                    what.verb().equals("get") ? Authorizer.Verdict.ALLOW : Authorizer.Verdict.NO_OPINION, "");
        }, Map.of("name", "RBAC"));
        TestExchange x = new TestExchange("GET", "/api/v1/namespaces/a/pods/p/exec", new byte[0]);
        assertThat(server.serve(x.with("authorization", "Bearer eve")).status()).isEqualTo(403);
        assertThat(asked).containsExactly("get exec", "create exec");
    }

    @ParameterizedTest
    @ValueSource(strings = {"impersonate-group", "impersonate-uid", "impersonate-extra-scopes"})
    void refusesImpersonationHeadersWithoutAUser(String header) throws IOException {
        TestExchange x = as("", header, "system:nodes");
        assertThat(x.status()).isEqualTo(400);
        assertThat(Json.object(x.bytes()).text("message")).contains("without impersonating a user");
    }

    @Test
    void repeatedBadTokensAreAnsweredWith429() throws IOException {
        server.contributions.authorizers().add((caller, what) -> Authorizer.Decision.NO_OPINION,
                Map.of("name", "RBAC"));
        server.contributions.authenticators().add(credentials -> {
            throw new BadCredential("wrong");
        }, Map.of("service.ranking", 5));
        assertThat(as("guess").status()).isEqualTo(401);
        TestExchange slowed = as("guess");
        for (int i = 0; i < 20 * AuthFailureLimiter.BURST && slowed.status() == 401; i++) {
            slowed = as("guess" + i);
        }
        assertThat(slowed.status()).isEqualTo(429);
        assertThat(slowed.answered("retry-after")).isEqualTo("1");
    }
}
