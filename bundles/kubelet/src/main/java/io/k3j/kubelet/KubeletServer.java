package io.k3j.kubelet;

import io.k3j.codec.Json;
import io.k3j.componentapi.MetricText;
import io.k3j.controllerkit.Times;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Answers on the kubelet's port, 10250, whom [RequestAccess] lets in: logs, exec, attach, port-forward, statistics.
final class KubeletServer implements Endpoint {
    private static final Map<String, String> TEXT = Map.of("content-type", "text/plain; charset=utf-8");
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    private static final Duration RUN_LIMIT = Duration.ofMinutes(2);
    private final NodeAgent agent;
    private final Tools tools;
    private final Streams streams;
    private final RequestAccess access;
    private final Sessions sessions = new Sessions();
    private final Stats stats;
    private final Supplier<String> others;

    /// `others` gives what other components count of themselves, in Prometheus' text form.
    KubeletServer(NodeAgent agent, Supplier<String> others) {
        this.agent = agent;
        this.others = others;
        tools = agent.tools();
        streams = new Streams(tools.runtime());
        access = new RequestAccess(agent.api(), tools.options().nodeName(), tools.clock());
        stats = new Stats(tools, agent.workers());
    }

    @Override
    public Set<String> prefixes() {
        return Set.of("/");
    }

    /// A request that cannot be answered.
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refusal(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        try {
            List<String> path = List.of(exchange.path().substring(1).split("/")).stream().map(KubeletServer::decoded)
                    .toList();
            access.admit(exchange, path.getFirst());
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

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "the path is not percent-encoded as it should be");
        }
    }

    /// What answers to which methods; all else is only read.
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
            case "configz" -> x.respond(200, JSON, Json.bytes(configuration()));
            case "stats" -> x.respond(200, JSON, Json.bytes(stats.summary()));
            case "metrics" -> x.respond(200, Map.of("content-type", MetricText.CONTENT_TYPE),
                    (path.size() > 1 ? stats.resourceMetrics() : stats.metrics() + sessions.metrics() + others.get())
                            .getBytes(StandardCharsets.UTF_8));
            case "containerLogs" -> logs(x, path, query);
            case "exec", "attach", "portForward" -> session(x, path, query);
            case "run" -> run(x, path, query);
            default -> throw new Refusal(404, "404 page not found");
        }
    }

    private void session(Exchange x, List<String> path, Parameters query) throws IOException {
        try (Sessions.Session _ = sessions.begin()) {
            switch (path.getFirst()) {
                case "exec" -> streams.command(x, "Exec", streams.exec(container(path), query), query);
                case "attach" -> streams.command(x, "Attach", attach(path, query), query);
                default -> streams.ports(x, sandbox(path), query);
            }
        }
    }

    private Struct attach(List<String> path, Parameters query) {
        PodWorker worker = worker(path);
        boolean tty = Pods.container(worker.pod(), path.getLast()).flag("tty");
        return streams.attach(container(path), query, tty);
    }

    private void run(Exchange x, List<String> path, Parameters query) throws IOException {
        List<String> command = List.of(query.first("cmd").split(" "));
        ExecResult r = tools.runtime().exec(container(path), command, RUN_LIMIT);
        x.respond(r.exitCode() == 0 ? 200 : 500, TEXT, r.output(), r.errors());
    }

    private Seq selected(boolean running) {
        return Seq.copyOf(agent.workers().all().stream().filter(w -> !running || !w.runtime().running().isEmpty())
                .map(w -> w.pod().document()).toList());
    }

    private Struct list(boolean running) {
        return Struct.of("kind", "PodList", "apiVersion", "v1", "metadata", Struct.EMPTY, "items", selected(running));
    }

    private Struct configuration() {
        Options o = tools.options();
        return Struct.of("kubeletconfig", Struct.of("enableServer", true, "staticPodPath", o.staticPods().toString(),
                "clusterDomain", o.clusterDomain(), "clusterDNS", o.clusterDns(), "maxPods", o.number("max-pods", 110),
                "cgroupDriver", tools.cgroups().driver(), "nodeStatusUpdateFrequency", "10s",
                "nodeLeaseDurationSeconds", 40,
                "failSwapOn", false, "cgroupRoot", o.cgroupRoot(), "podLogsDir", o.logDir().toString()));
    }

    private PodWorker worker(List<String> path) {
        if (path.size() < 3) {
            throw new Refusal(404, "404 page not found");
        }
        return agent.workers().find(path.get(1), path.get(2)).orElseThrow(
                () -> new Refusal(404, "pod \"" + path.get(2) + "\" does not exist"));
    }

    private String sandbox(List<String> path) {
        return worker(path).runtime().ready().orElseThrow(() -> new Refusal(500, "pod is not running")).id();
    }

    /// The id of the running container a path names: `…/<namespace>/<pod>[/<uid>]/<container>`.
    private String container(List<String> path) {
        String name = path.getLast();
        return worker(path).runtime().newest(name).filter(Container::running)
                .orElseThrow(() -> new Refusal(404, "container not found (\"" + name + "\")")).id();
    }

    private void logs(Exchange x, List<String> path, Parameters query) throws IOException, InterruptedException {
        PodWorker worker = worker(path);
        String name = path.getLast();
        Obj pod = worker.pod();
        if (Pods.container(pod, name).isEmpty()) {
            throw new Refusal(404, "container \"" + name + "\" not found in pod \"" + Pods.text(pod) + "\"");
        }
        boolean previous = query.flag("previous");
        PodRuntime runtime = PodRuntime.read(tools.runtime(), pod.uid());
        List<Container> all = runtime.containers().getOrDefault(name, List.of()).stream()
                .filter(c -> c.state() != Container.State.CREATED).toList();
        Optional<Container> which = all.stream().skip(previous ? 1 : 0).findFirst();
        if (which.isEmpty()) {
            throw new Refusal(400, previous
                    ? "previous terminated container \"" + name + "\" in pod \"" + pod.name() + "\" not found"
                    : "container \"" + name + "\" in pod \"" + pod.name() + "\" is waiting to start: "
                            + waiting(pod, name));
        }
        Path file = Path.of(which.get().end().log());
        if (!Files.exists(file)) {
            throw new Refusal(404, "log of container \"" + name + "\" is gone");
        }
        send(x, file, request(query), which.get().id());
    }

    private static String waiting(Obj pod, String name) {
        for (String field : List.of("containerStatuses", "initContainerStatuses")) {
            Struct s = pod.status().seq(field).find("name", name).struct("state").struct("waiting");
            if (!s.isEmpty()) {
                String image = s.text("reason").startsWith("ErrImage") || s.text("reason").startsWith("ImagePull")
                        ? "trying and failing to pull image" : s.text("reason");
                return image;
            }
        }
        return "ContainerCreating";
    }

    private LogReader.Request request(Parameters q) {
        @Nullable
        Instant since = Times.parse(q.first("sinceTime")).orElse(null);
        long seconds = q.number("sinceSeconds", -1);
        if (seconds > 0) {
            since = tools.clock().instant().minusSeconds(seconds);
        }
        String stream = q.first("stream").equalsIgnoreCase("All") ? "" : q.first("stream");
        return new LogReader.Request(q.flag("follow"), q.number("tailLines", -1), q.number("limitBytes", -1), since,
                q.flag("timestamps"), stream);
    }

    private void send(Exchange x, Path file, LogReader.Request request, String id)
            throws IOException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        x.onEnd(ended::countDown);
        x.mayPause();
        try (ResponseStream out = x.stream(200, TEXT)) {
            new LogReader(file, request, bytes -> out.write(bytes), () -> out.open() && tools.closed().getCount() > 0
                    && tools.runtime().container(id).map(Container::running).orElse(false), ended).run();
        }
    }

    private static void answer(Exchange x, int status, String text) throws IOException {
        x.respond(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }
}
