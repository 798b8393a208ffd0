package io.k3j.probes;

import io.k3j.kuberuntime.Expansion;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Carries out what probes and lifecycle hooks describe: `exec`, `httpGet`, `tcpSocket`, `grpc`, `sleep`. Holds nothing
/// between calls; any thread, any number at a time. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#probe-check-methods>.
public final class HandlerRunner {
    /// Characters of a command's output in a message, which becomes part of an event: upstream's bound of probe output.
    private static final int MAX_OUTPUT = 10 * 1024;
    /// How often a probe is tried that cannot be carried out; upstream's `maxProbeRetries`.
    private static final int TRIES = 3;
    private static final int MAX_PORT = 65_535;
    /// Bytes of one text of a command, as Linux takes them.
    private static final int MAX_ARGUMENT = 128 * 1024;
    private final ContainerRuntime runtime;
    private final CountDownLatch closed;
    private final ProbeMetrics metrics = new ProbeMetrics();

    /// One for all pods of a kubelet.
    ///
    /// @param runtime runs the commands
    /// @param closed opens when the kubelet stops; ends a `sleep` early
    public HandlerRunner(ContainerRuntime runtime, CountDownLatch closed) {
        this.runtime = runtime;
        this.closed = closed;
    }

    /// What probes found, of all pods.
    public ProbeMetrics metrics() {
        return metrics;
    }

    /// Where a handler acts.
    ///
    /// @param pod as the API has it, with what was last told of its containers
    /// @param container its spec; only its own ports are looked up by name
    /// @param containerId a running container
    /// @param address of the pod, without brackets; what a handler without a `host` asks
    public record Target(Obj pod, Struct container, String containerId, String address) {
    }

    /// What came of it.
    ///
    /// @param problem what went wrong, in upstream's words where it has some; empty when nothing did
    /// @param warning what the user should know of a success; else empty
    /// @param errored whether the problem is that it could not be carried out, which says nothing of the container
    public record Result(String problem, String warning, boolean errored) {
        private static Result failed(String problem) {
            return new Result(problem, "", false);
        }

        private static Result errored(String problem) {
            return new Result(problem, "", true);
        }
    }

    /// How an `httpGet` is done.
    private interface Http {
        Result get(Attempt attempt, Struct http, Target target) throws IOException;
    }

    /// Does what a probe asks; blocks until there is an answer, for `timeout` at most; `sleep` takes the seconds it
    /// names. What could not be carried out is tried twice more.
    ///
    /// | handler | succeeds when |
    /// |---|---|
    /// | `exec` | the command exits with 0 |
    /// | `httpGet` | the status is 200 to 399; a redirect to another host is a warning too |
    /// | `tcpSocket` | the connection is taken |
    /// | `grpc` | the service says `SERVING` |
    /// | `sleep` | always, when the time is over or the kubelet stops |
    ///
    /// @param handler a probe: the struct with one of the handlers in it
    /// @return never throws for what a container does; an interrupt is restored and answered with `interrupted`
    public Result run(Struct handler, Target target, Duration timeout) {
        Struct probe = expanded(handler, target);
        Result result = done(probe, target, timeout, HandlerRunner::probe);
        for (int tries = 1; tries < TRIES && result.errored(); tries++) {
            result = done(probe, target, timeout, HandlerRunner::probe);
        }
        return result;
    }

    /// The same for a hook of a container's life: upstream's `runHTTPHandler`. An `httpGet` has succeeded with any
    /// answer, whatever its status. One by HTTPS that meets a server of HTTP is done again by HTTP, without the header
    /// `Authorization`; that is a warning, for upstream's event `LifecycleHTTPFallback`.
    ///
    /// @param hook `postStart` or `preStop`: the struct with one of the handlers in it
    public Result hook(Struct hook, Target target, Duration timeout) {
        return done(hook, target, timeout, HandlerRunner::call);
    }

    private Result done(Struct handler, Target target, Duration timeout, Http http) {
        try {
            return handler.has("httpGet") ? web(handler.struct("httpGet"), target, timeout, http)
                    : Result.failed(problem(handler, target, timeout));
        } catch (IOException e) {
            return Result.failed(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException | RuntimeFault e) {
            return Result.errored(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Result.errored("interrupted");
        }
    }

    /// What went wrong is told with what was asked, as Go's client does.
    private static Result web(Struct h, Target target, Duration timeout, Http http) throws InterruptedException {
        String asked = HttpGet.url(secure(h), host(h, target), port(h.get("port"), target), h.text("path", "/"));
        try {
            return Attempt.within(timeout, a -> http.get(a, h, target));
        } catch (SocketTimeoutException e) {
            return Result.failed("Get \"" + asked + "\": " + e.getMessage()
                    + " (Client.Timeout exceeded while awaiting headers)");
        } catch (IOException e) {
            return Result.failed("Get \"" + asked + "\": " + e.getMessage());
        }
    }

    private String problem(Struct handler, Target target, Duration timeout) throws IOException, InterruptedException {
        if (handler.has("exec")) {
            return exec(handler.struct("exec").seq("command").texts(), target, timeout);
        }
        if (handler.has("tcpSocket")) {
            Struct t = handler.struct("tcpSocket");
            return tcp(host(t, target), port(t.get("port"), target), timeout);
        }
        if (handler.has("grpc")) {
            Struct g = handler.struct("grpc");
            return ProbeClients.grpc(target.address(), (int) g.whole("port", 0), g.text("service"), timeout);
        }
        if (handler.has("sleep")) {
            closed.await(handler.struct("sleep").whole("seconds", 0), TimeUnit.SECONDS);
            return "";
        }
        return "missing handler";
    }

    private static String tcp(String host, int port, Duration timeout) throws IOException, InterruptedException {
        try {
            return Attempt.within(timeout, a -> {
                ProbeClients.tcp(a, host, port);
                return "";
            });
        } catch (SocketTimeoutException e) {
            return DialFailure.late(host, port);
        }
    }

    /// A command with the variables that the container's spec gives a value itself; those from elsewhere are empty.
    /// Upstream's `ExpandContainerCommandOnlyStatic`, which hooks are not treated with. What would become too long
    /// stays as it is.
    private static Struct expanded(Struct probe, Target target) {
        if (!probe.has("exec")) {
            return probe;
        }
        Map<String, String> values = new HashMap<>();
        target.container().seq("env").structs().forEach(e -> values.put(e.text("name"), e.text("value")));
        return probe.with("exec", Struct.of("command", Seq.copyOf(probe.struct("exec").seq("command").texts().stream()
                .map(text -> Expansion.of(text, values, MAX_ARGUMENT).orElse(text)).toList())));
    }

    /// A command that takes too long has failed; of one that cannot be run, as while the runtime is replaced, nobody
    /// knows.
    private String exec(List<String> command, Target target, Duration timeout) {
        try {
            ExecResult r = runtime.exec(target.containerId(), command, timeout);
            return r.exitCode() == 0 ? "" : text(r);
        } catch (RuntimeFault e) {
            if (e.kind() != RuntimeFault.Kind.DEADLINE) {
                throw e;
            }
            return "command timed out: \"" + String.join(" ", command) + "\" timed out after " + timeout.toSeconds()
                    + "s";
        }
    }

    /// Both outputs, since commands complain in either.
    private static String text(ExecResult r) {
        String all = new String(r.output(), StandardCharsets.UTF_8) + new String(r.errors(), StandardCharsets.UTF_8);
        String cut = all.length() > MAX_OUTPUT ? all.substring(0, MAX_OUTPUT) : all;
        return cut.isEmpty() ? "command exited with " + r.exitCode() : cut;
    }

    /// A redirection to another host is a success and is not followed; upstream warns of it.
    private static Result probe(Attempt attempt, Struct h, Target target) throws IOException {
        HttpGet.Reply reply = new HttpGet(attempt, ProbeHeaders.of(h, "probe")).get(secure(h), host(h, target),
                port(h.get("port"), target), h.text("path", "/"));
        if (reply.status() < 200 || reply.status() >= 400) {
            return Result.failed("HTTP probe failed with statuscode: " + reply.status());
        }
        return new Result("", reply.status() < 300 ? ""
                : "Probe terminated redirects, Response body: " + reply.body(), false);
    }

    private static Result call(Attempt attempt, Struct h, Target target) throws IOException {
        String host = host(h, target);
        if (host.isEmpty()) {
            throw new IllegalArgumentException("failed to find networking container: the pod has no address");
        }
        int port = port(h.get("port"), target);
        String path = h.text("path", "/");
        try {
            new HttpGet(attempt, ProbeHeaders.of(h, "lifecycle")).get(secure(h), host, port, path);
            return new Result("", "", false);
        } catch (HttpGet.PlainAnswer e) {
            SortedMap<String, List<String>> plain = ProbeHeaders.of(h, "lifecycle");
            plain.remove("Authorization");
            again(new HttpGet(attempt, plain), host, port, path, e);
            return new Result("", "request to HTTPS lifecycle hook " + HttpGet.bracketed(host) + ":" + port
                    + " got HTTP response, retry with HTTP succeeded", false);
        }
    }

    /// What went wrong first is what is told.
    private static void again(HttpGet plain, String host, int port, String path, IOException first)
            throws IOException {
        try {
            plain.get(false, host, port, path);
        } catch (IOException e) {
            first.addSuppressed(e);
            throw first;
        }
    }

    private static boolean secure(Struct h) {
        return h.text("scheme").equalsIgnoreCase("HTTPS");
    }

    private static String host(Struct h, Target target) {
        String host = h.text("host");
        return host.isEmpty() ? target.address() : host;
    }

    /// A number, or the name of a port of the container, or a number as text.
    /// @throws IllegalArgumentException for none of these, with upstream's sentence
    private static int port(@Nullable Object port, Target target) {
        long number = port instanceof Long n ? n : named(String.valueOf(port), target);
        if (number < 1 || number > MAX_PORT) {
            throw new IllegalArgumentException("invalid port number: " + number);
        }
        return (int) number;
    }

    private static long named(String name, Target target) {
        return target.container().seq("ports").structs().stream().filter(p -> p.text("name").equals(name))
                .map(p -> p.whole("containerPort", 0)).findFirst().orElseGet(() -> {
                    try {
                        return (long) Integer.parseInt(name);
                    } catch (NumberFormatException e) {
                        throw new IllegalArgumentException("strconv.Atoi: parsing \"" + name + "\": invalid syntax", e);
                    }
                });
    }
}
