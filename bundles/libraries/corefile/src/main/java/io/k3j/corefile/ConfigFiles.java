package io.k3j.corefile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The files a Corefile may name: the keys of the ConfigMaps `coredns` and `coredns-custom`, at the paths where K3s
/// mounts them. No file of the node is among them, whoever may write the ConfigMap. Immutable.
///
/// A value: two are equal when a Corefile would read the same from both, so a change is seen by comparing.
///
/// @param files path to content
public record ConfigFiles(Map<String, String> files) {
    /// Where K3s mounts `coredns`.
    public static final String DIRECTORY = "/etc/coredns/";
    /// Where K3s mounts `coredns-custom`.
    public static final String CUSTOM = DIRECTORY + "custom/";

    /// Of the data of both ConfigMaps.
    /// @param coredns keys and texts of the ConfigMap `coredns`; empty when there is none
    /// @param custom those of `coredns-custom`
    public static ConfigFiles of(Map<String, String> coredns, Map<String, String> custom) {
        Map<String, String> all = new TreeMap<>();
        coredns.forEach((key, text) -> all.put(DIRECTORY + key, text));
        custom.forEach((key, text) -> all.put(CUSTOM + key, text));
        return new ConfigFiles(all);
    }

    /// The content of a file; a relative path is one below `/etc/coredns`.
    /// @param path as a Corefile has it
    /// @return empty when no ConfigMap has such a key
    public Optional<String> read(String path) {
        return Optional.ofNullable(files.get(absolute(path)));
    }

    /// The paths that fit a pattern with `*` and `?`, in order.
    /// @param pattern in which neither sign stands for a slash, as in a shell
    /// @return absolute paths; the path itself when it has no such sign and there is such a file
    List<String> matching(String pattern) {
        String regex = absolute(pattern).chars().mapToObj(c -> switch (c) {
            case '*' -> "[^/]*";
            case '?' -> "[^/]";
            default -> com.google.re2j.Pattern.quote(Character.toString(c));
        }).reduce("", String::concat);
        com.google.re2j.Pattern compiled = com.google.re2j.Pattern.compile(regex);
        return files.keySet().stream().filter(compiled::matches).toList();
    }

    private static String absolute(String path) {
        return path.startsWith("/") ? path : DIRECTORY + path;
    }

    /// The ConfigMap a path comes from, by its name.
    /// @param path absolute, as a [CorefileProblem] has it
    public static String origin(String path) {
        return path.startsWith(CUSTOM) ? "coredns-custom" : "coredns";
    }
}
