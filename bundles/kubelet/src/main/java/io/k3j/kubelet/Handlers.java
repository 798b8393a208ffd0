package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Carries out what probes and lifecycle hooks describe: `exec`, `httpGet`, `tcpSocket`, `grpc`, `sleep`.
final class Handlers {
    private static final int MAX_OUTPUT = 10 * 1024;
    private final ContainerRuntime runtime;
    private final CountDownLatch closed;

    /// @param closed opens when the kubelet stops
    Handlers(ContainerRuntime runtime, CountDownLatch closed) {
        this.runtime = runtime;
        this.closed = closed;
    }

    /// Where a handler acts.
    ///
    /// @param pod whose containers' named ports count
    /// @param containerId a running container
    /// @param address of the pod
    record Target(Obj pod, Struct container, String containerId, String address) {
    }

    /// Does it.
    /// @return what went wrong, empty when nothing did
    String run(Struct handler, Target target, Duration timeout) {
        try {
            if (handler.has("exec")) {
                return exec(handler.struct("exec").seq("command").texts(), target, timeout);
            }
            if (handler.has("httpGet")) {
                return http(handler.struct("httpGet"), target, timeout);
            }
            if (handler.has("tcpSocket")) {
                Struct t = handler.struct("tcpSocket");
                Clients.tcp(t.text("host", target.address()), port(t.get("port"), target), timeout);
                return "";
            }
            if (handler.has("grpc")) {
                Struct g = handler.struct("grpc");
                return Clients.grpc(target.address(), (int) g.whole("port", 0), g.text("service"), timeout);
            }
            if (handler.has("sleep")) {
                closed.await(handler.struct("sleep").whole("seconds", 0), TimeUnit.SECONDS);
                return "";
            }
            return "missing handler";
        } catch (IOException | IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private String exec(List<String> command, Target target, Duration timeout) {
        try {
            ExecResult r = runtime.exec(target.containerId(), command, timeout);
            return r.exitCode() == 0 ? "" : text(r);
        } catch (RuntimeFault e) {
            return e.kind() == RuntimeFault.Kind.DEADLINE
                    ? "command timed out: \"" + String.join(" ", command) + "\" timed out after " + timeout.toSeconds()
                            + "s"
                    : String.valueOf(e.getMessage());
        }
    }

    private static String text(ExecResult r) {
        String all = new String(r.output(), StandardCharsets.UTF_8) + new String(r.errors(), StandardCharsets.UTF_8);
        String cut = all.length() > MAX_OUTPUT ? all.substring(0, MAX_OUTPUT) : all;
        return cut.isEmpty() ? "command exited with " + r.exitCode() : cut;
    }

    private static String http(Struct h, Target target, Duration timeout) throws IOException {
        String host = h.text("host", target.address());
        int port = port(h.get("port"), target);
        boolean tls = h.text("scheme", "HTTP").equalsIgnoreCase("HTTPS");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Host", (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
        headers.put("User-Agent", "kube-probe/1.36");
        headers.put("Accept", "*/*");
        h.seq("httpHeaders").structs().forEach(x -> headers.put(x.text("name"), x.text("value")));
        Clients.Answer a = Clients.http(tls, new InetSocketAddress(host, port), h.text("path", "/"), headers, timeout);
        return a.status() >= 200 && a.status() < 400 ? "" : "HTTP probe failed with statuscode: " + a.status();
    }

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
