package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProbeProblemsTest {
    private static final Struct TCP = Struct.of("tcpSocket", Struct.of("port", 80));
    private static final Struct EXEC = Struct.of("exec", Struct.of("command", Seq.of("true")));

    private static final String HEADER = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g."
            + " 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

    private static final Struct LINUX = Struct.of("terminationGracePeriodSeconds", 30, "os",
            Struct.of("name", "linux"));

    private static List<String> found(Struct container) {
        return Case.found(p -> ProbeProblems.check(container, LINUX, true, p));
    }

    static Stream<Case> handlers() {
        return Stream.of(Case.of("readinessProbe", EXEC),
                Case.of("readinessProbe", Struct.EMPTY, "readinessProbe: Required value: must specify a handler type"),
                Case.of("readinessProbe", EXEC.with("tcpSocket", Struct.EMPTY),
                        "readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"),
                Case.of("readinessProbe", Struct.of("exec", Struct.EMPTY),
                        "readinessProbe.exec.command: Required value"),
                http(Struct.of("path", "/", "port", "web", "scheme", "HTTPS")),
                http(Struct.of("port", 80), "readinessProbe.httpGet.path: Required value"),
                http(Struct.of("path", "/", "port", 0),
                        "readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive"),
                http(Struct.of("path", "/", "port", "1"),
                        "readinessProbe.httpGet.port: Invalid value: \"1\": must contain at least one letter (a-z)"),
                http(Struct.of("path", "/", "port", 80, "scheme", "FTP"), "readinessProbe.httpGet.scheme: Unsupported"
                        + " value: \"FTP\": supported values: \"HTTP\", \"HTTPS\""),
                http(Struct.of("path", "/", "port", 80, "httpHeaders", Seq.of(Struct.of("name", "X-Header-1"),
                        Struct.of("name", "a\r\nb"), Struct.of("name", "x_y"))),
                        "readinessProbe.httpGet.httpHeaders: Invalid value: \"a\\r\\nb\": " + HEADER,
                        "readinessProbe.httpGet.httpHeaders: Invalid value: \"x_y\": " + HEADER),
                Case.of("readinessProbe", Struct.of("tcpSocket", Struct.EMPTY),
                        "readinessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive"),
                Case.of("readinessProbe", Struct.of("grpc", Struct.of("port", 70_000)),
                        "readinessProbe.grpc.port: Invalid value: 70000: must be between 1 and 65535, inclusive"));
    }

    private static Case http(Struct handler, String... expected) {
        return Case.of("readinessProbe", Struct.of("httpGet", handler), expected);
    }

    static Stream<Case> counts() {
        Stream<Case> negative = Stream.of("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold")
                .map(f -> Case.of("livenessProbe", TCP.with(f, -1),
                        "livenessProbe." + f + ": Invalid value: -1: must be greater than or equal to 0"));
        Stream<Case> others = Stream.of(Case.of("readinessProbe", TCP.with("successThreshold", 3)),
                Case.of("readinessProbe", TCP.with("successThreshold", -3),
                        "readinessProbe.successThreshold: Invalid value: -3: must be greater than or equal to 0"),
                Case.of("livenessProbe", TCP.with("successThreshold", 2),
                        "livenessProbe.successThreshold: Invalid value: 2: must be 1"),
                Case.of("startupProbe", TCP.with("successThreshold", 2),
                        "startupProbe.successThreshold: Invalid value: 2: must be 1"),
                Case.of("livenessProbe", TCP.with("terminationGracePeriodSeconds", 5)),
                Case.of("livenessProbe", TCP.with("terminationGracePeriodSeconds", 0),
                        "livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0"),
                Case.of("readinessProbe", TCP.with("terminationGracePeriodSeconds", 5),
                        "readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for"
                                + " readinessProbes"));
        return Stream.concat(negative, others);
    }

    static Stream<Case> hooks() {
        return Stream.of(hook(Struct.of("preStop", Struct.of("sleep", Struct.of("seconds", 0)), "postStart", EXEC)),
                hook(Struct.of("preStop", TCP, "postStart",
                        Struct.of("httpGet", Struct.of("path", "/", "port", 80)))),
                hook(Struct.of("preStop", Struct.EMPTY),
                        "lifecycle.preStop: Required value: must specify a handler type"),
                hook(Struct.of("preStop", Struct.of("sleep", Struct.of("seconds", -1))),
                        "lifecycle.preStop.sleep: Invalid value: -1: must be non-negative and less than"
                                + " terminationGracePeriodSeconds (30)"),
                hook(Struct.of("preStop", Struct.of("sleep", Struct.of("seconds", 31))),
                        "lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than"
                                + " terminationGracePeriodSeconds (30)"),
                hook(Struct.of("stopSignal", "SIGRTMIN+3")),
                hook(Struct.of("postStart", Struct.of("grpc", Struct.of("port", 80))),
                        "lifecycle.postStart: Required value: must specify a handler type"));
    }

    private static Case hook(Struct lifecycle, String... expected) {
        return Case.of("lifecycle", lifecycle, expected);
    }

    @ParameterizedTest
    @MethodSource({"handlers", "counts", "hooks"})
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        assertThat(found(Struct.of(c.field(), c.value()))).containsExactlyElementsOf(c.expected());
    }

    @Test
    void whereNothingKeepsRunningThereIsNothingToProbe() {
        Struct container = Struct.of("livenessProbe", TCP, "lifecycle", Struct.of("preStop", EXEC));
        assertThat(found(container)).isEmpty();
        assertThat(Case.found(p -> ProbeProblems.check(container, LINUX, false, p))).containsExactly(
                "lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always",
                "livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always");
    }

    @Test
    void aSignalIsOneThatTheSystemOfThePodHas() {
        Struct container = Struct.of("lifecycle", Struct.of("stopSignal", "SIGHUP"));
        assertThat(found(container)).isEmpty();
        assertThat(Case.found(p -> ProbeProblems.check(container, Struct.EMPTY, true, p))).containsExactly(
                "lifecycle.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`");
        Struct windows = Struct.of("os", Struct.of("name", "windows"));
        assertThat(Case.found(p -> ProbeProblems.check(container, windows, true, p))).containsExactly(
                "lifecycle.stopSignal: Unsupported value: \"SIGHUP\": supported values: \"SIGKILL\", \"SIGTERM\"");
    }
}
