package io.k3j.secureserving;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// From a request on the port of a component to its answer.
class ComponentEndpointTest {
    private final List<String> asked = new ArrayList<>();
    private final List<HealthReport> reports = new ArrayList<>();
    private final ManualClock clock = new ManualClock();
    private final ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
            new Class<?>[] {ApiClient.class}, (p, m, a) -> answer((Gvr) a[0], (Struct) a[3]));
    private boolean away;

    /// The token `prometheus` is one of a user who may get /metrics, `other` of one who may not.
    private Struct answer(Gvr what, Struct body) {
        if (away) {
            throw ApiFault.unavailable("away");
        }
        Struct spec = body.struct("spec");
        if (what.resource().equals("tokenreviews")) {
            boolean known = List.of("prometheus", "other").contains(spec.text("token"));
            return Struct.of("status", Struct.of("authenticated", known, "user",
                    Struct.of("username", spec.text("token"))));
        }
        Struct path = spec.struct("nonResourceAttributes");
        String question = spec.text("user") + " " + path.text("verb") + " " + path.text("path");
        asked.add(question);
        return Struct.of("status", Struct.of("allowed", question.equals("prometheus get /metrics")));
    }

    private Health health() {
        return new Health() {
            @Override
            public HealthScope scope(String component) {
                return Health.none().scope(component);
            }

            @Override
            public List<HealthReport> reports() {
                return reports;
            }
        };
    }

    private ComponentEndpoint endpoint(ServedComponent component, String... arguments) {
        ServingOptions options = ServingOptions.of(component, arguments);
        return new ComponentEndpoint(new ServingAccess(api, clock, options), new ComponentHealth(component, health()),
                new ZPages(component, options, clock, clock.instant().minus(Duration.ofSeconds(3725))),
                () -> "some_total 1\n", Struct.of(component.configz(), component.configuration(options)));
    }

    private final ComponentEndpoint scheduler = endpoint(ServedComponent.SCHEDULER);

    private static FakeExchange get(ComponentEndpoint endpoint, String path, String token) throws IOException {
        FakeExchange x = new FakeExchange("GET", path);
        if (!token.isEmpty()) {
            x.with("authorization", "Bearer " + token);
        }
        endpoint.serve(x);
        return x;
    }

    private void says(String component, HealthLevel level) {
        reports.add(new HealthReport(component, 1, level, "", Instant.EPOCH));
    }

    @Test
    void everybodyMayAskForHealth() throws IOException {
        away = true;
        for (String path : List.of("/healthz", "/livez", "/readyz")) {
            FakeExchange x = get(scheduler, path, "");
            assertThat(x.status()).as(path).isEqualTo(200);
            assertThat(x.answer()).isEqualTo("ok");
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void metricsAreForWhomTheApiServerAllows() throws IOException {
        FakeExchange nobody = get(scheduler, "/metrics", "");
        assertThat(nobody.status()).isEqualTo(403);
        assertThat(nobody.answer())
                .contains("forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/metrics\\\"");
        assertThat(get(scheduler, "/metrics", "stranger").status()).isEqualTo(401);
        assertThat(get(scheduler, "/metrics", "other").status()).isEqualTo(403);
        FakeExchange allowed = get(scheduler, "/metrics", "prometheus");
        assertThat(allowed.status()).isEqualTo(200);
        assertThat(allowed.answer()).isEqualTo("some_total 1\n");
        assertThat(get(scheduler, "/configz", "prometheus").status()).isEqualTo(403);
    }

    @Test
    void nobodyIsLetInByAReviewThatFails() throws IOException {
        away = true;
        assertThat(get(scheduler, "/metrics", "").status()).isEqualTo(500);
        assertThat(get(scheduler, "/metrics", "prometheus").status()).isEqualTo(500);
        away = false;
        assertThat(get(scheduler, "/metrics", "prometheus").status()).isEqualTo(200);
    }

    @Test
    void answersAreGoodForTenSeconds() throws IOException {
        get(scheduler, "/metrics", "prometheus");
        clock.advance(Duration.ofSeconds(9));
        get(scheduler, "/metrics", "prometheus");
        assertThat(asked).hasSize(1);
        clock.advance(Duration.ofSeconds(2));
        get(scheduler, "/metrics", "prometheus");
        assertThat(asked).hasSize(2);
    }

    @Test
    void argumentsSayHowLongAnswersAreGood() throws IOException {
        ComponentEndpoint told = endpoint(ServedComponent.SCHEDULER,
                "authorization-webhook-cache-authorized-ttl=1m", "authorization-webhook-cache-unauthorized-ttl=0s",
                "authentication-token-webhook-cache-ttl=5s");
        get(told, "/metrics", "prometheus");
        clock.advance(Duration.ofSeconds(50));
        get(told, "/metrics", "prometheus");
        assertThat(asked).hasSize(1);
        get(told, "/metrics", "other");
        clock.advance(Duration.ofSeconds(1));
        get(told, "/metrics", "other");
        assertThat(asked).hasSize(3);
        assertThat(ServingOptions.of(ServedComponent.SCHEDULER, "authentication-token-webhook-cache-ttl=soon")
                .problems()).containsExactly("--kube-scheduler-arg=authentication-token-webhook-cache-ttl=soon must be"
                        + " a duration, not below zero; try"
                        + " --kube-scheduler-arg=authentication-token-webhook-cache-ttl=10s");
    }

    @Test
    void answersToVeryLongQuestionsAreNotRemembered() throws IOException {
        for (String path : List.of("/x", "/x", "/" + "x".repeat(20_000), "/" + "x".repeat(20_000))) {
            assertThat(get(scheduler, path, "").status()).isEqualTo(403);
        }
        assertThat(asked).hasSize(3);
    }

    @Test
    void mastersAreNotAskedFor() throws IOException {
        away = true;
        Random random = new Random(1);
        CertificateAuthority clients = CertificateAuthority.selfSigned("clients", Keys.elliptic(), Instant.now(),
                random);
        FakeExchange x = new FakeExchange("GET", "/metrics").certified(clients.sign(
                Profile.client("system:admin", "system:masters"), Keys.elliptic().getPublic(), Instant.now(), random));
        scheduler.serve(x);
        assertThat(x.status()).isEqualTo(200);
    }

    @Test
    void argumentsSayWhichPathsAreForEverybody() throws IOException {
        ComponentEndpoint open = endpoint(ServedComponent.CONTROLLERS,
                "authorization-always-allow-paths=/healthz,metrics*");
        assertThat(get(open, "/metrics", "").status()).isEqualTo(200);
        assertThat(get(open, "/metrics/slis", "").status()).isEqualTo(200);
        assertThat(get(open, "/healthz/leaderElection", "").status()).isEqualTo(403);
        assertThat(get(open, "/readyz", "").status()).isEqualTo(403);
        assertThat(ServingOptions.of(ServedComponent.CONTROLLERS, "authorization-always-allow-paths=/a*b").problems())
                .singleElement().asString().contains("--kube-controller-manager-arg", "only trailing * allowed in");
    }

    @Test
    void aPartThatStandsStillIsNotHealthy() throws IOException {
        says("controllers-workload", HealthLevel.STOPPED);
        says("scheduler", HealthLevel.OK);
        ComponentEndpoint controllers = endpoint(ServedComponent.CONTROLLERS);
        FakeExchange x = get(controllers, "/healthz", "");
        assertThat(x.status()).isEqualTo(500);
        assertThat(x.answer()).isEqualTo("[+]leaderElection ok\n[-]controllers-workload failed: reason withheld\n"
                + "healthz check failed\n");
        assertThat(get(controllers, "/livez", "").status()).isEqualTo(200);
        assertThat(get(scheduler, "/healthz", "").status()).isEqualTo(200);
        assertThat(get(controllers, "/healthz?exclude=controllers-workload", "").answer()).isEqualTo("ok");
    }

    @Test
    void oneThatStillBeginsIsNotReady() throws IOException {
        says("scheduler", HealthLevel.DEGRADED);
        assertThat(get(scheduler, "/healthz", "").status()).isEqualTo(200);
        assertThat(get(scheduler, "/readyz", "").answer()).contains("[-]sched-handler-sync failed");
        // its successor, during a swap
        reports.clear();
        says("scheduler", HealthLevel.OK);
        assertThat(get(scheduler, "/readyz?verbose", "").answer()).isEqualTo("[+]leaderElection ok\n[+]shutdown ok\n"
                + "[+]sched-handler-sync ok\n[+]scheduler ok\nreadyz check passed\n");
    }

    @Test
    void tellsChecksAsIndicators() throws IOException {
        ComponentEndpoint open = endpoint(ServedComponent.SCHEDULER, "authorization-always-allow-paths=*");
        get(open, "/livez/ping", "");
        assertThat(get(open, "/metrics/slis", "").answer())
                .contains("kubernetes_healthcheck{name=\"ping\",type=\"livez\"} 1\n")
                .contains("kubernetes_healthchecks_total{name=\"ping\",status=\"success\",type=\"livez\"} 1\n");
    }

    @Test
    void showsConfigurationFlagsAndStatus() throws IOException {
        ComponentEndpoint open = endpoint(ServedComponent.SCHEDULER, "authorization-always-allow-paths=*",
                "bind-address=0.0.0.0", "leader-elect-lease-duration=20s");
        assertThat(get(open, "/configz", "").answer()).contains("\"componentconfig\"", "\"LeaseDuration\":\"20s\"");
        assertThat(get(open, "/flagz", "").answer()).contains("\nkube-scheduler flags\n", "bind-address=0.0.0.0\n",
                "secure-port=10259\n");
        assertThat(get(open, "/statusz", "").answer()).contains("\nStarted: Thu Jan  1 10:57:55 UTC 2026\n",
                "\nUp: 1 hr 02 min 05 sec\n");
        FakeExchange json = new FakeExchange("GET", "/statusz").with("accept", "application/json");
        open.serve(json);
        assertThat(json.status()).isEqualTo(406);
        assertThat(get(open, "/debug/pprof/", "").status()).isEqualTo(404);
        FakeExchange post = new FakeExchange("POST", "/configz");
        open.serve(post);
        assertThat(post.status()).isEqualTo(405);
    }
}
