package io.k3j.probes;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Carries out what probes and lifecycle hooks describe: `exec`, `httpGet`, `tcpSocket`, `grpc`, `sleep`. Holds nothing
/// between calls; any thread, any number at a time. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#probe-check-methods>.
public final class HandlerRunner {
    /// Characters of a command's output in a message, which becomes part of an event: upstream's bound of probe output.
    private static final int MAX_OUTPUT = 10 * 1024;
    private static final char DELETE = 0x7f;
    /// What a token has not, beside blanks and control characters: RFC 9110, section 5.6.2.
    private static final String SEPARATORS = "\"(),/:;<=>?@[\\]{}";
    /// Of the Kubernetes that asks, as `User-Agent` has it.
    private static final String VERSION = "1.36";
    private final ContainerRuntime runtime;
    private final CountDownLatch closed;

    /// One for all pods of a kubelet.
    ///
    /// @param runtime runs the commands
    /// @param closed opens when the kubelet stops; ends a `sleep` early
    public HandlerRunner(ContainerRuntime runtime, CountDownLatch closed) {
        this.runtime = runtime;
        this.closed = closed;
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
    /// names.
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
        return done(handler, target, timeout, HandlerRunner::probe);
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
            if (handler.has("httpGet")) {
                return Attempt.within(timeout, a -> http.get(a, handler.struct("httpGet"), target));
            }
            return Result.failed(problem(handler, target, timeout));
        } catch (IOException e) {
            return Result.failed(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException | RuntimeFault e) {
            return Result.errored(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Result.errored("interrupted");
        }
    }

    private String problem(Struct handler, Target target, Duration timeout) throws IOException, InterruptedException {
        if (handler.has("exec")) {
            return exec(handler.struct("exec").seq("command").texts(), target, timeout);
        }
        if (handler.has("tcpSocket")) {
            Struct t = handler.struct("tcpSocket");
            return Attempt.within(timeout, a -> {
                ProbeClients.tcp(a, t.text("host", target.address()), port(t.get("port"), target));
                return "";
            });
        }
        if (handler.has("grpc")) {
            Struct g = handler.struct("grpc");
            return Attempt.within(timeout, a -> ProbeClients.grpc(a, target.address(), (int) g.whole("port", 0),
                    g.text("service"), timeout));
        }
        if (handler.has("sleep")) {
            closed.await(handler.struct("sleep").whole("seconds", 0), TimeUnit.SECONDS);
            return "";
        }
        return "missing handler";
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
        HttpGet.Reply reply = new HttpGet(attempt, headers(h, "probe")).get(secure(h), host(h, target),
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
            throw new IOException("failed to find networking container: the pod has no address");
        }
        int port = port(h.get("port"), target);
        String path = h.text("path", "/");
        try {
            new HttpGet(attempt, headers(h, "lifecycle")).get(secure(h), host, port, path);
            return new Result("", "", false);
        } catch (HttpGet.PlainAnswer e) {
            SortedMap<String, String> plain = headers(h, "lifecycle");
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

    /// Headers of the user replace those of the kubelet, `Host` too, whatever their case.
    /// @param purpose what upstream's kubelet calls itself by
    private static SortedMap<String, String> headers(Struct h, String purpose) throws IOException {
        SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("User-Agent", "kube-" + purpose + "/" + VERSION);
        headers.put("Accept", "*/*");
        for (Struct header : h.seq("httpHeaders").structs()) {
            headers.put(name(header), value(header));
        }
        return headers;
    }

    /// What would end a line of the request is no header: the rest could be any request to any host. Go's words.
    private static String name(Struct header) throws IOException {
        String name = header.text("name");
        if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < DELETE && SEPARATORS.indexOf(c) < 0)) {
            throw new IOException("net/http: invalid header field name \"" + name + "\"");
        }
        return name;
    }

    private static String value(Struct header) throws IOException {
        String value = header.text("value");
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == DELETE)) {
            throw new IOException("net/http: invalid header field value for \"" + header.text("name") + "\"");
        }
        return value;
    }

    /// A number, or the name of a port of the container, or a number as text.
    private static int port(@org.jspecify.annotations.Nullable Object port, Target target) {
        if (port instanceof Long n) {
            return n.intValue();
        }
        String name = String.valueOf(port);
        return target.container().seq("ports").structs().stream().filter(p -> p.text("name").equals(name))
                .map(p -> (int) p.whole("containerPort", 0)).findFirst().orElseGet(() -> {
                    try {
                        return Integer.parseInt(name);
                    } catch (NumberFormatException e) {
                        throw new IllegalArgumentException("couldn't find port: " + name, e);
                    }
                });
    }
}
