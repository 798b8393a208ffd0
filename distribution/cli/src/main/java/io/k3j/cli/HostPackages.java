package io.k3j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Sees to the programs of the host that a node needs, by Debian's names.
final class HostPackages {
    /// The switch of ours that forbids installing.
    static final String NO_INSTALL = "--no-install";
    private static final List<Need> NEEDS = List.of(new Need("containerd", "containerd"), new Need("runc", "runc"),
            new Need("nft", "nftables"), new Need("ip", "iproute2"), new Need("iptables", "iptables"),
            new Need("conntrack", "conntrack"), new Need("mount", "mount"));
    private static final List<Need> ETCD = List.of(new Need("etcd", "etcd-server"), new Need("etcdctl", "etcd-client"));
    private static final List<String> PLACES = List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin",
            "/sbin",
            "/bin");
    /// By the ends of names of packed images, as `ImageArchive` of cri-containerd has them; gzip is everywhere.
    private static final Map<String, String> UNPACKERS = Map.of(".tar.zst", "zstd", ".tzst", "zstd", ".tar.bz2",
            "bzip2", ".tbz", "bzip2", ".tar.lz4", "lz4");
    private static final List<String> PLUGINS = List.of("/usr/lib/cni/bridge", "/opt/cni/bin/bridge");
    private static final long MOST_MINUTES = 10;

    private record Need(String program, String debian) {
    }

    private HostPackages() {
    }

    /// The packages whose programs are not there; `exists` looks at a path.
    /// @param node whether pods run here
    /// @param etcd whether a member of managed etcd runs here
    static Set<String> missing(boolean node, boolean etcd, Predicate<Path> exists) {
        Set<String> packages = new LinkedHashSet<>();
        List<Need> needs = new ArrayList<>(node ? NEEDS : List.of());
        needs.addAll(etcd ? ETCD : List.of());
        for (Need need : needs) {
            if (absent(need.program(), exists)) {
                packages.add(need.debian());
            }
        }
        if (node && PLUGINS.stream().noneMatch(p -> exists.test(Path.of(p)))) {
            packages.add("containernetworking-plugins");
        }
        return packages;
    }

    private static boolean absent(String program, Predicate<Path> exists) {
        return PLACES.stream().noneMatch(place -> exists.test(Path.of(place, program)));
    }

    /// The packages that unpack the archives of a directory, and are not there.
    static Set<String> unpackers(Path images, Predicate<Path> exists) {
        if (!Files.isDirectory(images)) {
            return Set.of();
        }
        try (Stream<Path> all = Files.list(images)) {
            return all.map(file -> file.getFileName().toString().toLowerCase(Locale.ROOT))
                    .flatMap(name -> UNPACKERS.entrySet().stream().filter(e -> name.endsWith(e.getKey())))
                    .map(Map.Entry::getValue).filter(program -> absent(program, exists))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException | UncheckedIOException e) {
            return Set.of();
        }
    }

    /// Begins to install what unpacks the archives of a directory, or says what to type: a node runs without, and must
    /// not wait for the network of a machine that may have none.
    static void unpack(Path images, boolean allowed, Host host, Consumer<String> say) {
        Set<String> missing = unpackers(images, Files::exists);
        if (missing.isEmpty()) {
            return;
        }
        String names = String.join(" ", missing);
        boolean may = allowed && host.root() && Files.isExecutable(Path.of("/usr/bin/apt-get"));
        Thread.ofVirtual().name("unpackers").start(() -> say.accept(may && install(missing)
                ? "installed OS packages: " + names
                : "this machine cannot unpack all of " + images + "; install: apt-get install -y " + names));
    }

    /// Installs what is missing, or says what to type.
    /// @throws UsageFailure when something is missing and may not or cannot be installed
    static void provide(boolean node, boolean etcd, boolean allowed, Host host, Consumer<String> say) {
        Set<String> missing = missing(node, etcd, Files::exists);
        if (missing.isEmpty()) {
            return;
        }
        String names = String.join(" ", missing);
        boolean apt = Files.isExecutable(Path.of("/usr/bin/apt-get"));
        if (!allowed || !host.root() || !apt) {
            throw new UsageFailure(
                    "this machine lacks what K3j needs: " + names + "; install it with: apt-get install -y "
                            + names + (apt && !host.root() ? ", or run k3s as root" : "")
                            + (allowed ? "" : ", or leave out " + NO_INSTALL));
        }
        say.accept("installing OS packages: " + names);
        if (!install(missing)) {
            throw new UsageFailure("apt-get could not install " + names + "; see why with: apt-get install " + names);
        }
        say.accept("installed OS packages: " + names);
    }

    private static boolean install(Set<String> packages) {
        List<String> install = List.of("install", "-y", "--no-install-recommends");
        return apt(install, packages) || apt(List.of("update"), Set.of()) && apt(install, packages);
    }

    private static boolean apt(List<String> words, Set<String> packages) {
        List<String> line = new ArrayList<>(List.of("apt-get", "-qq"));
        line.addAll(words);
        line.addAll(packages);
        ProcessBuilder process = new ProcessBuilder(line).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        process.environment().put("DEBIAN_FRONTEND", "noninteractive");
        try {
            Process apt = process.start();
            if (!apt.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
                apt.destroy();
                return false;
            }
            return apt.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
