package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What can be wrong with probes and lifecycle hooks, as upstream's `validateProbe`, `validateLifecycle` and
/// `validateHandler`; see "Liveness, Readiness, and Startup Probes" and "Container Lifecycle Hooks". Pure.
///
/// | field | what must be so |
/// |---|---|
/// | a probe or hook | exactly one handler |
/// | `exec` | a command of at least one word, which no shell reads |
/// | `httpGet` | a path; a port; `HTTP` or `HTTPS`; names of headers |
/// | `tcpSocket`, `grpc` | a port |
/// | `sleep` | seconds, from 0 to those of the pod's grace period |
/// | counts and seconds of a probe | 0 or more; one success for liveness and startup |
/// | `stopSignal` | one that the pod's system has; the pod names its system |
final class ProbeProblems {
    private static final List<String> PROBES = List.of("livenessProbe", "readinessProbe", "startupProbe");
    /// How a probe may ask; the order is that in which a second handler is noticed.
    private static final List<String> PROBE_HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc");
    /// What a hook may do. `tcpSocket` is kept for old objects only: such a hook fails when it runs.
    private static final List<String> HOOK_HANDLERS = List.of("exec", "httpGet", "tcpSocket", "sleep");
    private static final List<String> SCHEMES = List.of("HTTP", "HTTPS");
    private static final String GRACE = "terminationGracePeriodSeconds";

    private ProbeProblems() {
    }

    /// Checks a container's probes and hooks.
    ///
    /// @param spec the pod's, by whose grace period and system hooks are bound
    /// @param allowed false where there may be none; then the presence alone is the problem
    /// @param p the container's place
    static void check(Struct container, Struct spec, boolean allowed, Problems p) {
        if (container.has("lifecycle")) {
            lifecycle(container.struct("lifecycle"), spec, allowed, p.at("lifecycle"));
        }
        for (String field : PROBES) {
            if (container.has(field)) {
                if (allowed) {
                    probe(container.struct(field), spec, field, p.at(field));
                } else {
                    p.at(field).forbidden("may not be set for init containers without restartPolicy=Always");
                }
            }
        }
    }

    private static void lifecycle(Struct lifecycle, Struct spec, boolean allowed, Problems p) {
        if (!allowed) {
            p.forbidden("may not be set for init containers without restartPolicy=Always");
            return;
        }
        for (String hook : List.of("postStart", "preStop")) {
            if (lifecycle.has(hook)) {
                handler(lifecycle.struct(hook), HOOK_HANDLERS, spec, p.at(hook));
            }
        }
        if (lifecycle.has("stopSignal")) {
            StopSignals.check(lifecycle.text("stopSignal"), spec, p.at("stopSignal"));
        }
    }

    /// Numbers are seconds or counts of answers. A container that was alive once is alive and one that started has
    /// started, so only readiness may ask for more than one success; only the other two end a container, so only they
    /// have a grace period.
    private static void probe(Struct probe, Struct spec, String field, Problems p) {
        handler(probe, PROBE_HANDLERS, spec, p);
        for (String count : List.of("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold",
                "failureThreshold")) {
            p.notNegative(probe, count);
        }
        if (probe.has(GRACE) && probe.whole(GRACE, 1) <= 0) {
            p.at(GRACE).invalid(probe.whole(GRACE, 0), "must be greater than 0");
        }
        if (!field.equals("readinessProbe") && probe.whole("successThreshold", 1) != 1) {
            p.at("successThreshold").invalid(probe.whole("successThreshold", 1), "must be 1");
        }
        if (field.equals("readinessProbe") && probe.has(GRACE)) {
            p.at(GRACE).invalid(probe.whole(GRACE, 0), "must not be set for readinessProbes");
        }
    }

    /// Exactly one handler, the first of which is checked: what the others say does not matter until they are gone.
    private static void handler(Struct of, List<String> handlers, Struct spec, Problems p) {
        String first = "";
        for (String name : handlers) {
            if (!of.has(name)) {
                continue;
            }
            if (!first.isEmpty()) {
                p.at(name).forbidden("may not specify more than 1 handler type");
            } else {
                first = name;
                one(name, of.struct(name), spec, p.at(name));
            }
        }
        if (first.isEmpty()) {
            p.required("must specify a handler type");
        }
    }

    /// One handler by its name. The port of gRPC is a number, which the schema checks.
    private static void one(String name, Struct handler, Struct spec, Problems p) {
        switch (name) {
            case "exec" -> {
                if (handler.seq("command").isEmpty()) {
                    p.at("command").required("");
                }
            }
            case "httpGet" -> {
                p.present(handler, "path");
                port(handler.get("port"), p.at("port"));
                p.oneOf(handler, "scheme", SCHEMES);
                headers(handler, p.at("httpHeaders"));
            }
            case "tcpSocket", "grpc" -> port(handler.get("port"), p.at("port"));
            default -> sleep(handler.whole("seconds", 0), spec, p);
        }
    }

    /// A pod sleeps no longer than it has time to end in. One without a grace period is refused for that.
    private static void sleep(long seconds, Struct spec, Problems p) {
        long grace = spec.whole(GRACE, 0);
        if (spec.has(GRACE) && (seconds < 0 || seconds > grace)) {
            p.invalid(seconds, "must be non-negative and less than terminationGracePeriodSeconds (" + grace + ")");
        }
    }

    /// Names of headers; a value the kubelet cannot send fails the probe, as upstream's.
    private static void headers(Struct handler, Problems p) {
        handler.seq("httpHeaders").structs().stream().map(h -> h.text("name")).filter(n -> !headerName(n))
                .forEach(n -> p.invalid(n, "a valid HTTP header must consist of alphanumeric characters or '-' (e.g."
                        + " 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"));
    }

    private static boolean headerName(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c) || c == '-');
    }

    /// A number, or the name of one of the container's ports; whether the container has it is seen when the probe runs.
    private static void port(@Nullable Object port, Problems p) {
        if (port instanceof String name) {
            p.invalid(name, Names.portName(name));
        } else {
            long number = port instanceof Long l ? l : 0;
            p.invalid(number, Names.portNumber(number));
        }
    }
}
