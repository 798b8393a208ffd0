package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import io.k3j.testkit.ManualClock;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestAccessTest {
    private static final Random RANDOM = new Random(1);
    private final List<String> asked = new ArrayList<>();
    private final ManualClock clock = new ManualClock();
    private boolean away;
    private final RequestAccess access = new RequestAccess((ApiClient) Proxy.newProxyInstance(
            ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class},
            (p, m, a) -> answer((Gvr) a[0], (Struct) a[3])), "n1", clock);

    /// Only `good` is a token; its user may read metrics, and create nodes/proxy.
    private Struct answer(Gvr what, Struct body) {
        if (away) {
            throw ApiFault.unavailable("away");
        }
        Struct spec = body.struct("spec");
        if (what.resource().equals("tokenreviews")) {
            asked.add("token");
            return Struct.of("status", spec.text("token").equals("good") ? Struct.of("authenticated", true, "user",
                    Struct.of("username", "system:serviceaccount:a:b")) : Struct.of("error", "invalid bearer token"));
        }
        Struct r = spec.struct("resourceAttributes");
        String question = spec.text("user") + " " + r.text("verb") + " nodes/" + r.text("subresource") + " "
                + r.text("name");
        asked.add(question);
        return Struct.of("status", Struct.of("allowed", question.endsWith(" get nodes/metrics n1")
                || question.endsWith(" create nodes/proxy n1")));
    }

    private static Exchange request(String method, String authorization) {
        return (Exchange) Proxy.newProxyInstance(Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class},
                (p, m, a) -> switch (m.getName()) {
                    case "method" -> method;
                    case "remote" -> new InetSocketAddress("192.0.2.1", 4711);
                    case "header" -> Optional.of(authorization).filter(t -> !t.isEmpty());
                    default -> List.of();
                });
    }

    private static Exchange request(Profile profile) {
        CertificateAuthority clients = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), Instant.now(),
                RANDOM);
        List<X509Certificate> shown = List.of(clients.sign(profile, Keys.elliptic().getPublic(), Instant.now(),
                RANDOM));
        return (Exchange) Proxy.newProxyInstance(Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class},
                (p, m, a) -> switch (m.getName()) {
                    case "method" -> "GET";
                    case "remote" -> new InetSocketAddress("192.0.2.1", 4711);
                    default -> shown;
                });
    }

    @Test
    void letsApiServersInWhileNobodyCanBeAsked() {
        away = true;
        for (Profile server : List.of(Profile.client(Profile.KUBELET_CLIENT),
                Profile.client("system:apiserver", "system:masters"))) {
            assertThatCode(() -> access.admit(request(server), "exec")).doesNotThrowAnyException();
        }
        assertThatThrownBy(() -> access.admit(request(Profile.client("system:node:n1", "system:nodes")), "exec"))
                .hasMessageContaining("SubjectAccessReview failed");
    }

    private void admit(String method, String first) {
        access.admit(request(method, "Bearer good"), first);
    }

    @Test
    void letsNobodyInWithoutAGoodToken() {
        for (String given : List.of("", "Bearer", "Bearer ", "Bearer bad", "Basic Z29vZA==", "good")) {
            assertThatThrownBy(() -> access.admit(request("GET", given), "metrics")).as(given)
                    .hasMessage("Unauthorized");
        }
    }

    @Test
    void asksForTheNodesSubresource() {
        admit("GET", "metrics");
        assertThatThrownBy(() -> admit("GET", "pods")).hasMessageContaining(
                "Forbidden (user=system:serviceaccount:a:b, verb=get, resource=nodes, subresource(s)=[pods proxy])");
        assertThatThrownBy(() -> admit("GET", "stats")).hasMessageContaining("subresource(s)=[stats]");
        assertThatThrownBy(() -> admit("GET", "logs")).hasMessageContaining("subresource(s)=[log]");
        assertThatThrownBy(() -> admit("GET", "containerLogs")).hasMessageContaining("subresource(s)=[proxy]");
    }

    @Test
    void wantsCreateForWhateverRunsCommands() {
        for (String first : List.of("run", "exec", "attach", "portForward")) {
            admit("GET", first);
        }
        assertThat(asked).contains("system:serviceaccount:a:b create nodes/proxy n1").noneMatch(
                q -> q.contains(" get "));
    }

    @Test
    void remembersAnswersForAWhile() {
        admit("GET", "metrics");
        assertThat(asked).hasSize(2);
        clock.advance(Duration.ofSeconds(119));
        admit("GET", "metrics");
        assertThat(asked).hasSize(2);
        clock.advance(Duration.ofSeconds(2));
        admit("GET", "metrics");
        assertThat(asked).hasSize(3);
        assertThatThrownBy(() -> admit("GET", "stats")).isInstanceOf(KubeletServer.Refusal.class);
        clock.advance(Duration.ofSeconds(31));
        assertThatThrownBy(() -> admit("GET", "stats")).isInstanceOf(KubeletServer.Refusal.class);
        assertThat(asked).hasSize(5);
    }

    @Test
    void remembersNothingLongerBecauseTheTimeOfDayIsSetBack() {
        admit("GET", "metrics");
        clock.step(Duration.ofHours(-1));
        clock.advance(Duration.ofSeconds(121));
        admit("GET", "metrics");
        assertThat(asked).hasSize(3);
    }

    @Test
    void allowsNothingWhileTheApiServerCannotBeAsked() {
        away = true;
        assertThatThrownBy(() -> admit("GET", "metrics")).hasMessageContaining("TokenReview failed");
        away = false;
        assertThatCode(() -> admit("GET", "metrics")).doesNotThrowAnyException();
    }

    @Test
    void refusesOneSessionTooMany() {
        Sessions sessions = new Sessions();
        Sessions.Session last = sessions.begin();
        for (int i = 1; i < Sessions.MOST; i++) {
            assertThat(sessions.begin()).isNotNull();
        }
        assertThatThrownBy(sessions::begin).hasMessageContaining("sessions at once");
        assertThat(sessions.metrics()).contains("kubelet_streaming_sessions 500\n")
                .contains("kubelet_streaming_sessions_refused_total 1\n");
        last.close();
        assertThat(sessions.begin()).isNotNull();
    }
}
