package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Events beyond a limit, with the file of CIS benchmarks.
class EventRateLimitTest {
    private static final Gvr EVENTS = new Gvr("", "v1", "events");
    private static final Gvr NEW_EVENTS = new Gvr("events.k8s.io", "v1", "events");
    private static final String ENABLE = "enable-admission-plugins=NodeRestriction,EventRateLimit";
    @TempDir
    private Path directory;
    private final Stage stage = new Stage();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @AfterEach
    void close() {
        stage.close();
    }

    private String file(String limits) throws IOException {
        Files.writeString(directory.resolve("limits.yaml"), "apiVersion: eventratelimit.admission.k8s.io/v1alpha1\n"
                + "kind: Configuration\nlimits: " + limits + "\n");
        return "admission-control-config-file=" + Files.writeString(directory.resolve("admission.yaml"), """
                apiVersion: apiserver.config.k8s.io/v1
                kind: AdmissionConfiguration
                plugins:
                - name: PodSecurity
                  configuration:
                    apiVersion: pod-security.admission.config.k8s.io/v1
                    kind: PodSecurityConfiguration
                - name: EventRateLimit
                  path: limits.yaml
                """);
    }

    private EventRateLimit plugin(String limits) throws IOException {
        return new EventRateLimit(() -> now, "request-timeout=300s", ENABLE, file(limits));
    }

    private static Struct event(String component, String object) {
        return Stage.object("Event", "e", Struct.EMPTY).without("spec").with("source",
                Struct.of("component", component, "host", "n")).with("involvedObject",
                        Struct.of("kind", "Pod", "namespace", "default", "name", object, "apiVersion", "v1"));
    }

    private Write write(Gvr resource, String namespace, String user) {
        Write write = stage.write(Operation.CREATE, resource, "Event", new Caller(user, "", List.of(), Map.of()));
        return new Write(write.operation(), write.kind(), "", new Key(namespace, "e"), write.before(), write.caller(),
                false, write.options());
    }

    /// Empty when it passes.
    private static String answer(EventRateLimit plugin, Write write, Struct event) {
        try {
            if (plugin.handles(write)) {
                plugin.validate(write, event);
            }
            return "";
        } catch (ApiFault fault) {
            assertThat(fault.code()).isEqualTo(429);
            assertThat(fault.status().text("reason")).isEqualTo("TooManyRequests");
            return String.valueOf(fault.getMessage());
        }
    }

    private String answer(EventRateLimit plugin, String namespace, String user) {
        return answer(plugin, write(EVENTS, namespace, user), event("kubelet", "p"));
    }

    @Test
    void isOffUnlessItIsEnabled() throws IOException {
        EventRateLimit plugin = new EventRateLimit(() -> now, "enable-admission-plugins=NodeRestriction",
                file("[{type: Server, qps: 1, burst: 1}]"));
        assertThat(plugin.handles(write(EVENTS, "default", "u"))).isFalse();
    }

    @Test
    void letsABurstPassAndThenSoManyASecond() throws IOException {
        EventRateLimit plugin = plugin("[{type: Server, qps: 2, burst: 3}]");
        for (int i = 0; i < 3; i++) {
            assertThat(answer(plugin, "a", "u")).isEmpty();
        }
        assertThat(answer(plugin, "b", "v")).isEqualTo("Too many requests: limit reached on type Server for key ");
        now = now.plusMillis(500);
        assertThat(answer(plugin, "a", "u")).isEmpty();
        assertThat(answer(plugin, "a", "u")).isNotEmpty();
        now = now.plus(Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            assertThat(answer(plugin, "a", "u")).isEmpty();
        }
        assertThat(answer(plugin, "a", "u")).isNotEmpty();
    }

    @Test
    void namespacesUsersAndSourcesAreCountedEachForItself() throws IOException {
        EventRateLimit plugin = plugin("[{type: Namespace, qps: 1, burst: 1}]");
        assertThat(answer(plugin, "a", "u") + answer(plugin, "b", "u")).isEmpty();
        assertThat(answer(plugin, "a", "v"))
                .isEqualTo("Too many requests: limit reached on type Namespace for key a");
        EventRateLimit users = plugin("[{type: User, qps: 1, burst: 1}]");
        assertThat(answer(users, "a", "u") + answer(users, "a", "v")).isEmpty();
        assertThat(answer(users, "b", "u")).isEqualTo("Too many requests: limit reached on type User for key u");
        EventRateLimit sources = plugin("[{type: SourceAndObject, qps: 1, burst: 1}]");
        assertThat(answer(sources, write(EVENTS, "a", "u"), event("kubelet", "p"))
                + answer(sources, write(EVENTS, "a", "u"), event("kubelet", "q"))
                + answer(sources, write(EVENTS, "a", "u"), event("scheduler", "p"))).isEmpty();
        assertThat(answer(sources, write(EVENTS, "a", "v"), event("kubelet", "p")))
                .isEqualTo("Too many requests: limit reached on type SourceAndObject for key kubeletnPoddefaultpv1");
    }

    @Test
    void whoWasNotHeardOfForLongestIsForgotten() throws IOException {
        EventRateLimit plugin = plugin("[{type: Namespace, qps: 1, burst: 1, cacheSize: 2}]");
        assertThat(answer(plugin, "a", "u") + answer(plugin, "b", "u")).isEmpty();
        assertThat(answer(plugin, "a", "u")).isNotEmpty();
        assertThat(answer(plugin, "c", "u")).isEmpty();
        assertThat(answer(plugin, "b", "u")).as("forgotten").isEmpty();
        assertThat(answer(plugin, "c", "u")).isNotEmpty();
    }

    @Test
    void eachLimitCountsAndTheLastThatIsReachedIsTold() throws IOException {
        EventRateLimit plugin = plugin("[{type: Server, qps: 1, burst: 2}, {type: User, qps: 1, burst: 1}]");
        assertThat(answer(plugin, "a", "u")).isEmpty();
        assertThat(answer(plugin, "a", "u")).contains("type User");
        assertThat(answer(plugin, "a", "v")).contains("type Server");
        assertThat(answer(plugin, "a", "v")).contains("type User");
    }

    /// Whoever writes Events chooses how long their keys are.
    @Test
    void aLongKeyIsCountedForItselfAndToldInPart() throws IOException {
        EventRateLimit plugin = plugin("[{type: SourceAndObject, qps: 1, burst: 1}]");
        String component = "x".repeat(1 << 20);
        for (int i = 0; i < 200; i++) {
            assertThat(answer(plugin, write(EVENTS, "a", "u"), event(component + i, "p"))).isEmpty();
        }
        assertThat(answer(plugin, write(EVENTS, "a", "u"), event(component + 0, "p")))
                .isEqualTo("Too many requests: limit reached on type SourceAndObject for key " + "x".repeat(256)
                        + "...");
    }

    @Test
    void aWriteThatIsAskedAboutAgainIsCountedOnce() throws IOException {
        EventRateLimit plugin = plugin("[{type: Server, qps: 1, burst: 2}]");
        Write write = write(EVENTS, "a", "u");
        for (int i = 0; i < 5; i++) {
            assertThat(answer(plugin, write, event("kubelet", "p"))).isEmpty();
        }
    }

    @Test
    void countsEventsOfBothGroupsAndNothingElse() throws IOException {
        EventRateLimit plugin = plugin("[{type: SourceAndObject, qps: 1, burst: 1}]");
        Struct event = Struct.of("reportingController", "c", "regarding", Struct.of("kind", "Pod", "name", "p"));
        assertThat(answer(plugin, write(NEW_EVENTS, "a", "u"), event)).isEmpty();
        assertThat(answer(plugin, write(NEW_EVENTS, "a", "u"), event)).endsWith("for key cPodp");
        Write write = write(EVENTS, "a", "u");
        assertThat(plugin.handles(new Write(Operation.CREATE, write.kind(), "", write.key(), write.before(),
                write.caller(), true, Struct.EMPTY))).as("a dry run").isFalse();
        assertThat(plugin.handles(stage.write(Operation.DELETE, EVENTS, "Event", Caller.ANONYMOUS))).isFalse();
        assertThat(plugin.handles(stage.creates(Listers.PODS, "Pod"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[]|limits: Invalid value: []: must not be empty",
            "[{type: Pod, qps: 1, burst: 1}]|limits[0].type: Unsupported value: \"Pod\": supported values: ",
            "[{type: User, burst: 1}]|limits[0].qps: Invalid value: 0: must be positive",
            "[{type: User, qps: 1, burst: -1}]|limits[0].burst: Invalid value: -1: must be positive",
            "[{type: User, qps: 1, burst: 1, cacheSize: -1}]|limits[0].cacheSize: Invalid value: -1: must not be",
            "[{type: User, qps: 1, burst: 1, brust: 2}]|unknown fields [brust] in limits[0]"})
    void limitsThatAreWrongAreNamed(String limits, String why) {
        assertThatThrownBy(() -> plugin(limits)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("admission.yaml of --kube-apiserver-arg=admission-control-config-file: ")
                .hasMessageContaining(why);
    }

    @Test
    void limitsAreNeeded() {
        assertThatThrownBy(() -> new EventRateLimit(() -> now, ENABLE))
                .hasMessageContaining("needs limits").hasMessageContaining("admission-control-config-file");
    }
}
