package io.k3j.assembly;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Makes what only a run can make: the framework's cache (bundles installed, component descriptors
/// parsed) and the virtual machine's cache of loaded and linked classes. Both only make starts faster, so
/// a failure is printed and does not fail the build.
final class Training {
    private static final String UNTIL = "io.k3j.apiserver-ready";
    private static final int READY_SECONDS = 40;
    private static final int RUN_SECONDS = 120;

    private final Path dist;
    private final Path java;
    private final Path work;

    Training(Path dist, Path java) throws IOException {
        this.dist = dist;
        this.java = java;
        this.work = Files.createTempDirectory("k3j-training");
    }

    void run() throws IOException, InterruptedException {
        Path cache = dist.resolve("lib/k3s.aot");
        try {
            Trees.delete(dist.resolve("cache"));
            Files.deleteIfExists(cache);
            rehearse("install", "");
            keepFrameworkCache();
            rehearse("train", "-XX:AOTCacheOutput=" + cache);
            Files.copy(java.resolve("release"), Files.createDirectories(dist.resolve("lib")).resolve("k3s.aot.for"),
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Trees.delete(work);
        }
    }

    private void rehearse(String name, String option) throws IOException, InterruptedException {
        File log = dist.resolve("../training-" + name + ".log").normalize().toFile();
        List<String> command = new ArrayList<>(List.of(dist.resolve("bin/k3s").toString(), "server", "--data-dir",
                work.resolve("data").toString(), "--https-listen-port", "0", "--bind-address", "127.0.0.1",
                "--write-kubeconfig", work.resolve("k3s.yaml").toString(), "--disable", "agent"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
        Map<String, String> environment = builder.environment();
        environment.put("K3S_CONFIG_FILE", "/dev/null");
        environment.put("K3S_JAVA", java.resolve("bin/java").toString());
        environment.put("K3S_JAVA_OPTIONS", option + " -Dk3j.until=" + UNTIL + " -Dk3j.until.seconds=" + READY_SECONDS);
        Process process = builder.start();
        if (!process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("training run not over after " + RUN_SECONDS + " s, see " + log);
        }
        if (process.exitValue() != 0) {
            throw new IOException("training run ended with " + process.exitValue() + ", see " + log);
        }
    }

    private void keepFrameworkCache() throws IOException {
        try (Stream<Path> caches = Files.list(work.resolve("data/bundles"))) {
            for (Path made : caches.filter(path -> path.getFileName().toString().startsWith("fw-")).toList()) {
                Trees.copy(made, dist.resolve("cache/fw"));
            }
        }
    }
}
