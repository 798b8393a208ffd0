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
///
/// Classes are those of a server that somebody has asked for something, over TLS: until then it has not loaded a
/// sixth of what its first answer takes. What the run has learnt of the methods is left out
/// (`AOTRecordTraining`): with it the second compiler began at once with everything and took half of a start's
/// processor time.
final class Training {
    private static final String UNTIL = "io.k3j.apiserver-ready";
    /// For the run before the one that is learnt from, whose compiled methods go with it.
    private static final String FIRST = "-XX:TieredStopAtLevel=1";
    private static final int READY_SECONDS = 40;
    private static final int RUN_SECONDS = 120;
    private static final long LOOK_MILLIS = 200;
    /// What the server is asked when it is there, with the kubectl of the distribution.
    private static final List<List<String>> QUESTIONS = List.of(List.of("get", "nodes"),
            List.of("get", "pods", "--all-namespaces"), List.of("apply", "-f", "{}"),
            List.of("get", "configmap", "trained", "-o", "yaml"), List.of("delete", "configmap", "trained"));

    /// What the training run makes again, below `server/tls`: with it both what the first start of a cluster makes and
    /// what a restart reads is learnt. The keys that all servers share are in the datastore as well and have to stay.
    private static final List<String> MADE_AGAIN = List.of("client-controller.crt", "client-controller.key",
            "dynamic-cert.json");

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
            for (String log : List.of("install", "train", "ask")) {
                Files.deleteIfExists(log(log).toPath());
            }
            over(server("install", FIRST + " -Dk3j.until=" + UNTIL), "install");
            keepFrameworkCache();
            for (String file : MADE_AGAIN) {
                Files.deleteIfExists(work.resolve("data/server/tls").resolve(file));
            }
            Process asked = server("train",
                    "-XX:AOTCacheOutput=" + cache + " -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining");
            ask(asked);
            asked.destroy();
            over(asked, "train");
            Files.copy(java.resolve("release"), Files.createDirectories(dist.resolve("lib")).resolve("k3s.aot.for"),
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Trees.delete(work);
        }
    }

    private Process server(String name, String options) throws IOException {
        return k3s(List.of("server", "--data-dir", work.resolve("data").toString(), "--https-listen-port", "0",
                "--bind-address", "127.0.0.1", "--write-kubeconfig", kubeconfig().toString(), "--disable", "agent"),
                options + " -Dk3j.until.seconds=" + READY_SECONDS, name);
    }

    private Path kubeconfig() {
        return work.resolve("k3s.yaml");
    }

    private File log(String name) {
        return dist.resolve("../training-" + name + ".log").normalize().toFile();
    }

    private Process k3s(List<String> words, String options, String name) throws IOException {
        List<String> command = new ArrayList<>(List.of(dist.resolve("bin/k3s").toString()));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name)));
        Map<String, String> environment = builder.environment();
        environment.put("K3S_CONFIG_FILE", "/dev/null");
        environment.put("K3S_JAVA", java.resolve("bin/java").toString());
        environment.put("K3S_JAVA_OPTIONS", options);
        environment.put("HOME", work.toString());
        return builder.start();
    }

    /// Asks until the server answers or is gone, then everything else; what is refused is in the log and costs nothing
    /// but a class that is not in the cache.
    private void ask(Process server) throws IOException, InterruptedException {
        Path map = Files.writeString(work.resolve("trained.yaml"),
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: trained}\ndata: {key: value}\n");
        while (server.isAlive() && kubectl(List.of("get", "namespace", "default")) != 0) {
            server.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
        for (List<String> question : QUESTIONS) {
            kubectl(question.stream().map(word -> word.equals("{}") ? map.toString() : word).toList());
        }
    }

    private int kubectl(List<String> words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig().toString()));
        command.addAll(words);
        Process process = k3s(command, "", "ask");
        if (!process.waitFor(READY_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    private void over(Process process, String name) throws IOException, InterruptedException {
        if (!process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("training run not over after " + RUN_SECONDS + " s, see " + log(name));
        }
        if (process.exitValue() != 0) {
            throw new IOException("training run ended with " + process.exitValue() + ", see " + log(name));
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
