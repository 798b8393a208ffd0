package io.k3j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the real programs behind `k3s kubectl`, `k3s crictl` and `k3s ctr`. The script `bin/k3s` does so by itself,
/// without a Java, unless a configuration file names the directories.
final class Tools {
    private final List<Path> directories;

    /// `path` is a PATH; `bundled` the directories looked into after it, where programs come with the distribution.
    Tools(String path, List<Path> bundled) {
        List<Path> all = new ArrayList<>();
        for (String part : path.split(":")) {
            if (!part.isEmpty()) {
                all.add(Path.of(part));
            }
        }
        all.addAll(bundled);
        this.directories = List.copyOf(all);
    }

    /// The program to run: for kubectl the newest of `kubectl.1.NN` beside any `kubectl`, because a plain
    /// `kubectl` may only be a dispatcher to them.
    Optional<Path> find(String tool) {
        List<Path> plain = directories.stream().map(d -> d.resolve(tool)).filter(Files::isExecutable)
                .filter(p -> !ourselves(p)).toList();
        if (!tool.equals("kubectl")) {
            return plain.stream().findFirst();
        }
        Stream<Path> places = Stream.concat(directories.stream(), plain.stream().map(Tools::realDirectory));
        return places.distinct().flatMap(Tools::versioned).max(Comparator.comparingInt(Tools::minor))
                .or(() -> plain.stream().findFirst());
    }

    /// A link to `k3s` under the tool's name would only lead back here.
    private static boolean ourselves(Path program) {
        try {
            return program.toRealPath().endsWith("k3s");
        } catch (IOException e) {
            return false;
        }
    }

    private static Path realDirectory(Path program) {
        try {
            return Objects.requireNonNull(program.toRealPath().getParent());
        } catch (IOException e) {
            return Objects.requireNonNull(program.getParent());
        }
    }

    private static Stream<Path> versioned(Path directory) {
        if (!Files.isDirectory(directory)) {
            return Stream.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(p -> minor(p) > 0 && Files.isExecutable(p)).toList().stream();
        } catch (IOException e) {
            return Stream.of();
        }
    }

    private static int minor(Path program) {
        String name = program.getFileName().toString();
        try {
            return name.startsWith("kubectl.1.") ? Integer.parseInt(name.substring("kubectl.1.".length())) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// What the small kubectl reads: the user's choice, K3s' own file, `~/.kube/config` where only that one is there.
    static String kubeconfig(Map<String, String> now, String kubeconfig, String home) {
        String chosen = now.getOrDefault("KUBECONFIG", "");
        if (!chosen.isEmpty()) {
            return chosen;
        }
        Path ofUser = Path.of(home, ".kube/config");
        return !Files.exists(Path.of(kubeconfig)) && Files.exists(ofUser) ? ofUser.toString() : kubeconfig;
    }

    /// What is said of a kubeconfig that is there and not for this user, in K3s' words.
    static Optional<String> unreadable(Map<String, String> now, String kubeconfig) {
        String chosen = now.getOrDefault("KUBECONFIG", "");
        Path file = Path.of(chosen.isEmpty() ? kubeconfig : chosen);
        return Files.exists(file) && !Files.isReadable(file) ? Optional.of("k3s: Unable to read " + file
                + ", please start server with --write-kubeconfig-mode or --write-kubeconfig-group to modify kube config"
                + " permissions") : Optional.empty();
    }

    /// What the program is given in its environment and before its arguments, as K3s does.
    static Map<String, String> environment(String tool, Map<String, String> now, String kubeconfig, String dataDir) {
        return switch (tool) {
            // one that is not there would only hide ~/.kube/config
            case "kubectl" -> now.getOrDefault("KUBECONFIG", "").isEmpty() && Files.exists(Path.of(kubeconfig))
                    ? Map.of("KUBECONFIG", kubeconfig)
                    : Map.of();
            case "crictl" -> now.containsKey("CRI_CONFIG_FILE") ? Map.of()
                    : Map.of("CRI_CONFIG_FILE", dataDir + "/agent/etc/crictl.yaml");
            case "ctr" -> Map.of("CONTAINERD_ADDRESS",
                    now.getOrDefault("CONTAINERD_ADDRESS", "/run/k3s/containerd/containerd.sock"),
                    "CONTAINERD_NAMESPACE",
                    now.getOrDefault("CONTAINERD_NAMESPACE", "k8s.io"));
            default -> Map.of();
        };
    }
}
