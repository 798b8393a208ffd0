package io.k3j.featuresitest;

import io.k3j.componentapi.Retire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The features of the distribution in a scene, each of their bundles a stand-in under its name.
final class Shipped {
    /// What the servers of the scene were started with.
    static final Map<String, Object> SETTINGS = Map.ofEntries(Map.entry("dataDir", "/data"),
            Map.entry("nodeName", "server-1"), Map.entry("token", "s3cret"),
            Map.entry("disable", new String[] {"coredns", "acme-lb"}),
            Map.entry("clusterCidr", new String[] {"10.42.0.0/16"}),
            Map.entry("serviceCidr", new String[] {"10.43.0.0/16"}),
            Map.entry("clusterDns", new String[] {"10.43.0.10"}), Map.entry("clusterDomain", "cluster.local"),
            Map.entry("flannelBackend", "vxlan"), Map.entry("egressSelectorMode", "agent"));
    private static final Path FEATURES = Path.of("../../features");
    private static final String BUNDLE = "io.k3j.";

    private Shipped() {
    }

    /// Copies the features, and those of the role with stand-ins.
    static void into(Scene scene) throws IOException {
        copy(scene);
        for (Path file : features()) {
            for (String bundle : bundles(Files.readString(file))) {
                scene.chosenBundle(bundle, Retiring.class, Retire.class.getName());
            }
        }
    }

    /// Copies the features; none of their bundles is there.
    static void copy(Scene scene) throws IOException {
        try (Stream<Path> files = Files.walk(FEATURES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                scene.write("features/" + FEATURES.relativize(file), Files.readString(file));
            }
        }
    }

    private static List<Path> features() throws IOException {
        try (Stream<Path> all = Files.list(FEATURES)) {
            return all.map(one -> one.resolve("feature.json")).filter(Files::exists).sorted().toList();
        }
    }

    /// The symbolic names in a description; what else has a name there is named otherwise.
    private static List<String> bundles(String json) {
        return Stream.of(json.split("\"name\": \"")).filter(text -> text.startsWith(BUNDLE))
                .map(text -> text.substring(0, text.indexOf('"'))).toList();
    }

    /// The words of `--disable` that were given.
    static Set<String> disabled() {
        return Set.of("coredns", "acme-lb");
    }
}
