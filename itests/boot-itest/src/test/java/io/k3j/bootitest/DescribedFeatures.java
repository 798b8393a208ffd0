package io.k3j.bootitest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The lists of texts in the distribution's feature files.
final class DescribedFeatures {
    private final Path root;
    private final Map<String, Map<String, List<String>>> byName = new LinkedHashMap<>();
    private final List<String> role;

    DescribedFeatures(Path root) throws IOException {
        this.root = root;
        try (Stream<Path> directories = Files.list(root)) {
            for (Path directory : directories.sorted().toList()) {
                Path file = directory.resolve("feature.json");
                if (Files.exists(file)) {
                    byName.put(directory.getFileName().toString(), lists(file));
                }
            }
        }
        role = lists(root.resolve("roles/server.json")).get("features");
    }

    /// What a server runs, without the parts of a node: those need a machine, and have tests on one.
    List<String> withoutNode() {
        return role.stream().filter(name -> !byName.get(name).getOrDefault("words", List.of()).contains("agent"))
                .toList();
    }

    /// A directory like the distribution's whose server runs `name`, what it needs, and the console.
    Path alone(String name, Path directory) throws IOException {
        Set<String> wanted = new LinkedHashSet<>(List.of("console", name));
        for (int size = 0; size != wanted.size();) {
            size = wanted.size();
            List.copyOf(wanted).forEach(feature -> wanted.addAll(byName.get(feature).getOrDefault("needs", List.of())));
        }
        List<String> ordered = role.stream().filter(wanted::contains).toList();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(root.relativize(file).toString()));
            }
        }
        Files.writeString(directory.resolve("roles/server.json"),
                "{\"features\": [\"" + String.join("\", \"", ordered) + "\"]}");
        return directory;
    }

    private static Map<String, List<String>> lists(Path file) throws IOException {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(Files.readAllBytes(file))) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                if (parser.nextToken() == JsonToken.START_ARRAY) {
                    lists.put(key, texts(parser));
                } else {
                    parser.skipChildren();
                }
            }
        }
        return lists;
    }

    private static List<String> texts(JsonParser parser) throws IOException {
        List<String> texts = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken().isScalarValue()) {
                texts.add(parser.getText());
            } else {
                parser.skipChildren();
            }
        }
        return texts;
    }
}
