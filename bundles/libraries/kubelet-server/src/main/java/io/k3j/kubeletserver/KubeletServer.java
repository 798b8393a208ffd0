package io.k3j.kubeletserver;

import io.k3j.codec.Json;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodefiles.FileRoots;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Answers on the kubelet's port, 10250, whom [RequestAccess] lets in: logs, exec, attach, port-forward, statistics.
/// Any thread; one per request, which it blocks. A request that fails is answered, nothing is thrown for it.
///
/// What it serves, by the first part of the path, is upstream's:
///
/// - `containerLogs/<namespace>/<pod>/<container>` with `follow`, `previous`, `tailLines`, `limitBytes`, `sinceTime`,
///   `sinceSeconds`, `timestamps`, `stream` (the fields of `PodLogOptions`).
/// - `logs/…`: the node's own log files and listings of them, and with `query` what its services have logged, as far as
///   [NodeLogAccess] says. Links are followed as [FileRoots] says, so not to any place of the node as upstream's are.
/// - `exec`, `attach`, `portForward` with `/<namespace>/<pod>[/<uid>]/<container>`, the last one without a container;
///   `run` with `cmd`.
/// - `pods`, `runningpods`, `stats/summary`, `metrics`, `metrics/cadvisor`, `metrics/probes`, `metrics/resource`,
///   `configz`, `healthz`: read only.
///
/// **Errors.** A [Refusal] is its status with its text. What the runtime does not find is 404, any other fault of it
/// 500, a parameter that is no number 400. An `IOException` goes on to the edge, which answers 500, or breaks the
/// connection off when the answer had begun.
public final class KubeletServer implements Endpoint {
    private static final Map<String, String> TEXT = Map.of("content-type", "text/plain; charset=utf-8");
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    /// What is not served where `enableDebuggingHandlers` is false.
    private static final Set<String> DEBUGGING = Set.of("run", "exec", "attach", "portForward", "containerLogs",
            "runningpods", "logs");
    /// `/run` answers only when the command has ended, so it must end.
    private static final Duration RUN_LIMIT = Duration.ofMinutes(2);
    private final KubeletHost host;
    private final Streams streams;
    private final RequestAccess access;
    /// One count for all three kinds of session: what they use up is the same.
    private final Sessions sessions = new Sessions();
    private final Stats stats;
    private final CadvisorPage cadvisor;
    private final ContainerLogs containerLogs;
    private final NodeLogs nodeLogs;
    private final boolean debugging;
    /// Asked at each scrape, so that components may come and go.
    private final Supplier<String> others;

    /// Asks nobody anything yet.
    /// @param host whose pods are served; outlives this object
    /// @param others gives what other components count of themselves, in Prometheus' text form
    public KubeletServer(KubeletHost host, Supplier<String> others) {
        this(host, others, PortOptions.UPSTREAM);
    }

    /// @param options what is served
    public KubeletServer(KubeletHost host, Supplier<String> others, PortOptions options) {
        this(host, others, options, new SystemdJournal());
    }

    /// @param journal where services log
    KubeletServer(KubeletHost host, Supplier<String> others, PortOptions options, SystemdJournal journal) {
        debugging = options.debugging();
        this.host = host;
        this.others = others;
        streams = new Streams(host.runtime());
        access = new RequestAccess(host.api(), host.nodeName(), host.clock(), options.lives());
        stats = new Stats(host);
        cadvisor = new CadvisorPage(host, Path.of("/"));
        FileRoots logs = new FileRoots(host.logDirectories());
        containerLogs = new ContainerLogs(host, logs);
        nodeLogs = new NodeLogs(logs, options.logs(), journal, NodeLogs.MOST_QUERIES);
    }

    /// Every path of the port that no other endpoint names.
    @Override
    public Set<String> prefixes() {
        return Set.of("/");
    }

    /// A request that cannot be answered. Thrown before anything of the answer was sent, by whatever part of this
    /// library finds the reason; [#serve] turns it into the answer. It carries no stack trace: clients cause it as
    /// often as they like.
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        /// @param status HTTP status code, 400 to 503
        /// @param message the whole body, as a client prints it
        Refusal(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }
    }

    /// Admits first, routes then: who is not let in does not learn which paths, pods or containers there are. A session
    /// blocks until it ends, a log that is followed until its container does; all else is bounded by the calls of API
    /// server and runtime.
    @Override
    public void serve(Exchange exchange) throws IOException {
        try {
            List<String> path = parts(exchange.path());
            access.admit(exchange, path.getFirst());
            if (!debugging && DEBUGGING.contains(path.getFirst())) {
                throw new Refusal(405, "Debug endpoints are disabled.\n");
            }
            methods(exchange, path.getFirst());
            route(exchange, path, Parameters.of(exchange.query()));
        } catch (Refusal e) {
            answer(exchange, e.status, String.valueOf(e.getMessage()));
        } catch (NumberFormatException e) {
            answer(exchange, 400, "not a number: " + e.getMessage());
        } catch (RuntimeFault e) {
            answer(exchange, e.kind() == RuntimeFault.Kind.NOT_FOUND ? 404 : 500, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Of slashes alone nothing is left when they are cut: that is a path that nobody serves, as the empty one.
    private static List<String> parts(String path) {
        String[] cut = path.substring(1).split("/");
        return cut.length == 0 ? List.of("") : Stream.of(cut).map(KubeletServer::decoded).toList();
    }

    /// Each part is decoded after the path was cut, so an encoded slash cannot add a part.
    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "the path is not percent-encoded as it should be");
        }
    }

    /// What answers to which methods; all else is only read. The verb of the review comes from [RequestAccess]; this
    /// makes sure that no command runs by a request that looks like reading. GET is fine for sessions, because a
    /// WebSocket can begin with nothing else (RFC 6455, section 4.1).
    private static void methods(Exchange x, String first) {
        boolean fine = switch (first) {
            case "run" -> x.method().equals("POST");
            case "exec", "attach", "portForward" -> x.method().equals("POST") || x.method().equals("GET");
            default -> x.method().equals("GET") || x.method().equals("HEAD");
        };
        if (!fine) {
            throw new Refusal(405, "405: Method Not Allowed");
        }
    }

    private void route(Exchange x, List<String> path, Parameters query) throws IOException, InterruptedException {
        switch (path.getFirst()) {
            case "healthz" -> answer(x, 200, "ok");
            case "pods" -> x.respond(200, JSON, Json.bytes(list(false)));
            case "runningpods" -> x.respond(200, JSON, Json.bytes(list(true)));
            case "configz" -> x.respond(200, JSON, Json.bytes(Struct.of("kubeletconfig", host.configuration())));
            case "stats" -> x.respond(200, JSON, Json.bytes(stats.summary()));
            case "metrics" -> metrics(x, path.size() > 1 ? path.get(1) : "");
            case "containerLogs" -> containerLogs.serve(x, pod(path).pod(), path.getLast(), query);
            case "logs" -> nodeLogs.serve(x, below(x.path()), query);
            case "exec", "attach", "portForward" -> session(x, path, query);
            case "run" -> run(x, path, query);
            default -> throw new Refusal(404, "404 page not found");
        }
    }

    /// Anything below `/metrics` but `metrics/cadvisor` and `metrics/probes` is `metrics/resource`.
    private void metrics(Exchange x, String which) throws IOException {
        if (which.equals("cadvisor")) {
            cadvisor.serve(x);
            return;
        }
        String text = switch (which) {
            case "" -> metrics() + others.get();
            case "probes" -> host.probeMetrics();
            default -> new ResourceMetrics(host).text();
        };
        x.respond(200, Map.of("content-type", MetricText.CONTENT_TYPE), text.getBytes(StandardCharsets.UTF_8));
    }

    /// What is behind the first part of a path, as sent; empty when that is all.
    private static String below(String path) {
        int slash = path.indexOf('/', 1);
        return slash < 0 ? "" : path.substring(slash + 1);
    }

    /// What the kubelet itself counts, in Prometheus' text form. Any thread; does not block.
    public String metrics() {
        return stats.metrics() + sessions.metrics();
    }

    /// The seat is taken before the runtime is asked for a stream and given back when both sides have ended.
    private void session(Exchange x, List<String> path, Parameters query) throws IOException {
        try (Sessions.Session _ = sessions.begin()) {
            switch (path.getFirst()) {
                case "exec" -> streams.command(x, "Exec", streams.exec(container(path), query), query);
                case "attach" -> streams.command(x, "Attach", attach(path, query), query);
                default -> streams.ports(x, sandbox(path), query);
            }
        }
    }

    /// A terminal is what the container was made with, not what the client says: CRI refuses any other value.
    private Struct attach(List<String> path, Parameters query) {
        HostedPod pod = pod(path);
        boolean tty = PodSpecs.container(pod.pod(), path.getLast()).flag("tty");
        return streams.attach(container(path), query, tty);
    }

    /// Standard output first, then standard error, as upstream joins them. Exit codes other than 0 are 500, for there
    /// is no field for them.
    private void run(Exchange x, List<String> path, Parameters query) throws IOException {
        // split at each blank without quoting, as upstream does
        List<String> command = List.of(query.first("cmd").split(" "));
        ExecResult r = host.runtime().exec(container(path), command, RUN_LIMIT);
        x.respond(r.exitCode() == 0 ? 200 : 500, TEXT, r.output(), r.errors());
    }

    /// A `v1.PodList` without a revision: this is the kubelet's own view, not a list of the API server's.
    /// @param running leaves out pods of which no container runs, as `/runningpods` does
    private Struct list(boolean running) {
        return Struct.of("kind", "PodList", "apiVersion", "v1", "metadata", Struct.EMPTY, "items",
                Seq.copyOf(host.pods().stream().filter(w -> !running || !w.runtime().running().isEmpty())
                        .map(w -> w.pod().document()).toList()));
    }

    /// @throws Refusal 404 for a path that names none, or for a pod that is not on this node
    private HostedPod pod(List<String> path) {
        if (path.size() < 3) {
            throw new Refusal(404, "404 page not found");
        }
        return pod(host, path).orElseThrow(
                () -> new Refusal(404, "pod \"" + path.get(2) + "\" does not exist"));
    }

    /// The pod a path names, by its uid where the path has one: a name may be that of two pods while one of them ends.
    static Optional<? extends HostedPod> pod(KubeletHost host, List<String> path) {
        boolean uid = switch (path.getFirst()) {
            case "portForward" -> path.size() > 3;
            case "exec", "attach", "run" -> path.size() > 4;
            default -> false;
        };
        return !uid ? host.pod(path.get(1), path.get(2)) : host.pods().stream().filter(p -> p.pod().uid().equals(
                path.get(3)) && p.pod().name().equals(path.get(2)) && p.pod().namespace().equals(path.get(1)))
                .findFirst();
    }

    /// The id of the sandbox in use; ports are forwarded into its network namespace.
    /// @throws Refusal 500 when it does not run, in the words clients know from upstream
    private String sandbox(List<String> path) {
        return pod(path).runtime().ready().orElseThrow(() -> new Refusal(500, "pod is not running")).id();
    }

    /// The id of the running container a path names: `…/<namespace>/<pod>[/<uid>]/<container>`.
    /// @throws Refusal 404 when it does not run, so that exec into one that has ended says so
    private String container(List<String> path) {
        String name = path.getLast();
        return pod(path).runtime().newest(name).filter(Container::running)
                .orElseThrow(() -> new Refusal(404, "container not found (\"" + name + "\")")).id();
    }

    private static void answer(Exchange x, int status, String text) throws IOException {
        x.respond(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }
}
