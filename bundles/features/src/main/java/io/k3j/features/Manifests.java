package io.k3j.features;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Puts packaged manifests where K3s has them, `<data-dir>/server/manifests`; the add-on deployer does the
/// rest. `%{CLUSTER_DNS}%` stands for the setting `clusterDns`, as in K3s' own files.
final class Manifests {
    private final Path target;
    private final Map<String, Object> settings;

    Manifests(Path dataDir, Map<String, Object> settings) {
        this.target = dataDir.resolve("server/manifests");
        this.settings = settings;
    }

    /// Writes what differs; files the user disabled with `.skip` are left out by whoever deploys them.
    void place(Feature feature) {
        each(feature, file -> {
            byte[] text = filled(Files.readString(file)).getBytes(StandardCharsets.UTF_8);
            Path to = target.resolve(file.getFileName().toString());
            if (Files.notExists(to) || !Arrays.equals(Files.readAllBytes(to), text)) {
                DurableFiles.directories(target, Json.DIRECTORY);
                DurableFiles.write(to, text, Json.FILE);
            }
        });
    }

    /// Takes them away, so that the add-on and its objects go.
    void remove(Feature feature) {
        each(feature, file -> Files.deleteIfExists(target.resolve(file.getFileName().toString())));
    }

    private void each(Feature feature, FileAction action) {
        if (feature.manifests().isEmpty()) {
            return;
        }
        try (Stream<Path> files = Files.list(feature.manifests().get())) {
            for (Path file : files.sorted().toList()) {
                action.on(file);
            }
        } catch (IOException e) {
            throw new FeatureProblem("manifests of " + feature.name() + " not placed: " + e.getMessage(), e);
        }
    }

    /// Replaces every `%{NAME}%`; a name without a setting becomes empty.
    String filled(String text) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (int start = text.indexOf("%{"); start >= 0; start = text.indexOf("%{", from)) {
            int end = text.indexOf("}%", start);
            if (end < 0) {
                break;
            }
            out.append(text, from, start).append(value(text.substring(start + 2, end)));
            from = end + 2;
        }
        return out.append(text, from, text.length()).toString();
    }

    private String value(String name) {
        Object value = settings.getOrDefault(camel(name), "");
        return value instanceof String[] several ? String.join(",", List.of(several)) : value.toString();
    }

    private static String camel(String name) {
        StringBuilder key = new StringBuilder();
        boolean upper = false;
        for (char c : name.toCharArray()) {
            if (c == '_') {
                upper = true;
            } else {
                key.append(upper ? c : Character.toLowerCase(c));
                upper = false;
            }
        }
        return key.toString();
    }

    private interface FileAction {
        void on(Path file) throws IOException;
    }
}
