package io.k3j.bench;

import io.k3j.testkitbase.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the packaged components cost a server with its node: how much later it is Ready at the first start, and what it
/// holds at rest. With all of them and with none, in turns; the medians count. As root, with containerd.
final class ComponentsBench {
    private static final int ISSUE = 13;
    private static final int STARTS = 5;
    private static final double REST_SECONDS = 60;
    private static final double LATER_SECONDS = 0.5;
    private static final double MEBIBYTES = 300;
    private static final List<String> NONE = List.of("--disable=coredns,servicelb,traefik,local-storage,metrics-server",
            "--disable-network-policy", "--disable-helm-controller");

    private ComponentsBench() {
    }

    /// Measures it below a directory.
    static void run(Path directory) throws IOException, InterruptedException {
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        // the first two warm what the kernel keeps of files
        for (int i = -1; i < STARTS; i++) {
            double all = ready(directory, List.of(), 0, new ArrayList<>());
            double none = ready(directory, NONE, 0, new ArrayList<>());
            if (i >= 0) {
                with.add(all);
                without.add(none);
            }
        }
        List<Double> held = new ArrayList<>();
        ready(directory, List.of(), REST_SECONDS, held);
        new Figure(ISSUE, "first start until the node is Ready, every component on, median of " + STARTS, median(with),
                "s").alone();
        new Figure(ISSUE, "the same without them", median(without), "s").alone();
        new Figure(ISSUE, "components make the first start longer by", median(with) - median(without), "s")
                .atMost(LATER_SECONDS);
        new Figure(ISSUE, "resident memory, every component on, a minute after Ready", held.getFirst(), "MiB")
                .atMost(MEBIBYTES);
    }

    /// Starts one, and notes what it holds when it has rested.
    private static double ready(Path directory, List<String> flags, double rest, List<Double> held)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try (Product product = Product.start(directory, flags)) {
            double ready = product.nodeReady();
            if (rest > 0) {
                Pauses.seconds(rest);
                held.add((double) product.residentMebibytes());
            }
            return ready;
        } finally {
            ApiBench.delete(directory);
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
