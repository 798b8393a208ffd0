package io.k3j.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The files of `programs.txt`: what the image takes from this machine.
///
/// @param all those listed
record HostFiles(List<HostFile> all) {
    private static final String LIBRARIES = "/usr/lib/" + (System.getProperty("os.arch").equals("aarch64") ? "aarch64"
            : "x86_64") + "-linux-gnu";

    /// One of them.
    ///
    /// @param owner Debian's package
    /// @param file where it is here
    /// @param place where it is in the image
    record HostFile(String owner, Path file, String place) {
    }

    /// Those of the list.
    static HostFiles listed() {
        try (InputStream list = Objects.requireNonNull(HostFiles.class.getResourceAsStream("programs.txt"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
            return new HostFiles(lines.lines().flatMap(line -> read(line).stream()).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Empty for a line that is a remark.
    private static Optional<HostFile> read(String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return Optional.empty();
        }
        String[] words = line.replace("{libs}", LIBRARIES).split(" +");
        return Optional.of(new HostFile(words[0], Path.of(words[1]), words[words.length - 1]));
    }

    /// Debian's names of the packages that are not here.
    Set<String> missing() {
        return all.stream().filter(each -> !Files.exists(each.file)).map(HostFile::owner)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Debian's names of the packages.
    Set<String> packages() {
        return all.stream().map(HostFile::owner).collect(Collectors.toCollection(TreeSet::new));
    }

    /// Copies them, with busybox and iptables under each name they are called by.
    void into(RootTree tree, List<String> applets) throws IOException {
        for (HostFile each : all) {
            tree.copy(each.place, each.file);
        }
        for (String family : List.of("iptables", "ip6tables")) {
            for (String name : List.of("", "-save", "-restore")) {
                tree.link("/usr/sbin/" + family + name, "xtables-nft-multi");
            }
        }
        for (String applet : applets) {
            if (!tree.has("/usr/bin/" + applet) && !tree.has("/usr/sbin/" + applet)) {
                tree.link("/usr/bin/" + applet, "busybox");
            }
        }
    }
}
