package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the kubelet's port says of logs that there are none of, and of the figures of probes.
class ContainerLogAnswersTest {
    private final ManualClock clock = new ManualClock();
    private String reason = "";

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, m, a) -> answers.to(m.getName(), a)));
    }

    private interface Answers {
        Object to(String method, Object[] arguments);
    }

    private record Waiting(Obj pod) implements HostedPod {
        @Override
        public PodRuntime runtime() {
            return PodRuntime.EMPTY;
        }
    }

    private Obj pod() {
        Struct state = reason.isEmpty() ? Struct.EMPTY : Struct.of("waiting", Struct.of("reason", reason));
        return Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "ns", "uid", "u"), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c"))), "status",
                Struct.of("containerStatuses", Seq.of(Struct.of("name", "c", "state", state)))));
    }

    private FakeExchange get(String path, String query) throws IOException {
        ApiClient api = proxy(ApiClient.class, (_, a) -> Struct.of("status",
                ((Struct) a[3]).struct("spec").has("token")
                        ? Struct.of("authenticated", true, "user", Struct.of("username", "somebody"))
                        : Struct.of("allowed", true)));
        ContainerRuntime runtime = proxy(ContainerRuntime.class, (_, _) -> List.of());
        FakeExchange exchange = new FakeExchange("GET", query.isEmpty() ? path : path + "?" + query)
                .with("authorization", "Bearer good");
        new KubeletServer(proxy(KubeletHost.class, (m, _) -> switch (m) {
            case "nodeName" -> "n1";
            case "clock" -> clock;
            case "api" -> api;
            case "runtime" -> runtime;
            case "logDirectories" -> List.of();
            case "pod" -> Optional.of(new Waiting(pod()));
            case "probeMetrics" -> "prober_probe_total 1\n";
            default -> throw new UnsupportedOperationException(m);
        }), () -> "").serve(exchange);
        return exchange;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ErrImagePull      | image can't be pulled
            ImagePullBackOff  | trying and failing to pull image
            ErrImageNeverPull | ErrImageNeverPull
            PodInitializing   | PodInitializing
            ""                | ContainerCreating
            """)
    void aContainerThatWaitsSaysWhatFor(String why, String told) throws IOException {
        reason = why;
        FakeExchange answer = get("/containerLogs/ns/p/c", "");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.answer()).isEqualTo("container \"c\" in pod \"p\" is waiting to start: " + told);
    }

    @Test
    void aContainerThatIsNotInThePodIsNotFound() throws IOException {
        FakeExchange answer = get("/containerLogs/ns/p/d", "");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.answer()).isEqualTo("container \"d\" not found in pod \"p\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tailLines=-1", "limitBytes=0", "sinceSeconds=0", "stream=Stdin",
            "sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z", "stream=Stdout&tailLines=1", "tail=-2"})
    void parametersThatCannotBeAreRefused(String query) throws IOException {
        FakeExchange answer = get("/containerLogs/ns/p/c", query);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.answer()).isEqualTo("{\"message\": \"Invalid request.\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tail=all", "tail=3", "tailLines=0", "stream=Stderr", "sinceSeconds=1&stream=All"})
    void othersAreTaken(String query) throws IOException {
        assertThat(get("/containerLogs/ns/p/c", query).status()).isEqualTo(400);
    }

    @Test
    void figuresOfProbesHaveAPageOfTheirOwn() throws IOException {
        assertThat(get("/metrics/probes", "").answer()).isEqualTo("prober_probe_total 1\n");
    }
}
