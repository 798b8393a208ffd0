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

    /// Does it; blocks until there is an answer, for `timeout` at most; `sleep` takes the seconds it names.
    ///
    /// | handler | succeeds when |
    /// |---|---|
    /// | `exec` | the command exits with 0 |
    /// | `httpGet` | the status is 200 to 399; a redirect to another host is a warning too |
    /// | `tcpSocket` | the connection is taken |
    /// | `grpc` | the service says `SERVING` |
    /// | `sleep` | always, when the time is over or the kubelet stops |
    ///
    /// @param handler a probe or a hook: the struct with one of the handlers in it
    /// @return never throws for what a container does; an interrupt is restored and answered with `interrupted`
    public Result run(Struct handler, Target target, Duration timeout) {
        try {
            if (handler.has("httpGet")) {
                return Attempt.within(timeout, a -> http(a, handler.struct("httpGet"), target));
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

    /// Headers of the user replace those of the kubelet, `Host` too, whatever their case. A redirection to another host
    /// is a success and is not followed; upstream warns of it.
    private static Result http(Attempt attempt, Struct h, Target target) throws IOException {
        SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("User-Agent", "kube-probe/1.36");
        headers.put("Accept", "*/*");
        for (Struct header : h.seq("httpHeaders").structs()) {
            headers.put(name(header), value(header));
        }
        HttpGet.Reply reply = new HttpGet(attempt, headers).get(h.text("scheme", "HTTP").equalsIgnoreCase("HTTPS"),
                h.text("host", target.address()), port(h.get("port"), target), h.text("path", "/"));
        if (reply.status() < 200 || reply.status() >= 400) {
            return Result.failed("HTTP probe failed with statuscode: " + reply.status());
        }
        return new Result("", reply.status() < 300 ? ""
                : "Probe terminated redirects, Response body: " + reply.body(), false);
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
