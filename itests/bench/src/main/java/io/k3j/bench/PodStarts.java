package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import io.k3j.cricontainerd.BareRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// How long a pod takes from its creation at the API until its container is seen running there, beside what the same
/// containerd takes for the like when it is asked directly. One after the other, in turns.
final class PodStarts {
    private static final String PODS = "/api/v1/namespaces/bench/pods";
    private static final String IMAGE = "k3j.io/busybox:1";
    private static final Path SOCKET = Path.of("/run/k3s/containerd/containerd.sock");
    private static final long LIMIT_NANOS = 60_000_000_000L;
    private final Product product;
    private final Histogram pods = new Histogram();
    private final Histogram bare = new Histogram();

    PodStarts(Product product) {
        this.product = product;
    }

    /// Starts `count` pods each way, after two that do not count.
    void run(int count) throws IOException, InterruptedException {
        try (BareRuntime runtime = new BareRuntime(SOCKET)) {
            for (int i = -2; i < count; i++) {
                long direct = runtime.start("bare" + i, IMAGE, List.of("sleep", "3600"));
                long whole = pod("pod" + (i + 2));
                if (i >= 0) {
                    bare.add(direct);
                    pods.add(whole);
                }
            }
        }
    }

    private long pod(String name) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        product.ask(Call.of("POST", PODS, """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s"},"spec":{"terminationGracePeriodSeconds":0,
                "containers":[{"name":"c","image":"%s","imagePullPolicy":"Never","command":["sleep","3600"]}]}}"""
                .formatted(name, IMAGE)));
        String path = PODS + "/" + name;
        while (!product.ask(Call.get(path)).body().contains("\"running\":{")) {
            if (System.nanoTime() - begin > LIMIT_NANOS) {
                throw new IOException(name + " does not run: " + product.ask(Call.get(path)).body());
            }
            Pauses.millis(1);
        }
        long took = System.nanoTime() - begin;
        product.ask(Call.of("DELETE", path + "?gracePeriodSeconds=0", ""));
        return took;
    }

    /// Median of the pods at the API, in milliseconds.
    double pods() {
        return pods.micros(0.5) / 1e3;
    }

    /// Median of containerd alone, in milliseconds.
    double bare() {
        return bare.micros(0.5) / 1e3;
    }
}
