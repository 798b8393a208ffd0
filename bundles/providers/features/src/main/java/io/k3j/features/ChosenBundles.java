package io.k3j.features;

import io.k3j.durablefiles.DurableFiles;
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

/// The operator's replacement jars and their predecessors; survives a restart. The jars are kept in
/// `<data-dir>/bundles/chosen`, one file per name and content; jars that no history refers to are deleted.
final class ChosenBundles {
    /// Stands for the shipped bundle.
    static final String SHIPPED = "shipped";
    private static final int MAX_HISTORY = 3;

    private final Path directory;
    private final Path file;
    private final Map<String, List<String>> histories = new LinkedHashMap<>();

    ChosenBundles(Path dataDir) {
        this.directory = dataDir.resolve("bundles/chosen");
        this.file = dataDir.resolve("bundles/chosen.json");
        if (Files.exists(file)) {
            Section section = new Section(file, "", Set.of());
            section.names().forEach(name -> histories.put(name, section.texts(name)));
        }
    }

    /// The choice for `symbolicName`: [#SHIPPED] or a file name.
    String current(String symbolicName) {
        List<String> history = histories.getOrDefault(symbolicName, List.of());
        return history.isEmpty() ? SHIPPED : history.getLast();
    }

    /// The choice before the current one; empty when there is none.
    String previous(String symbolicName) {
        List<String> history = histories.getOrDefault(symbolicName, List.of());
        return history.size() < 2 ? "" : history.get(history.size() - 2);
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    /// Keeps a copy of the jar and returns its file name.
    String keep(JarFacts jar) {
        String name = jar.symbolicName() + "-" + jar.shortDigest() + ".jar";
        try {
            DurableFiles.directories(directory, JsonFiles.DIRECTORY);
            DurableFiles.copy(jar.file(), path(name), JsonFiles.FILE);
            return name;
        } catch (IOException e) {
            throw new FeatureProblem("cannot keep a copy of " + jar.file() + ": " + e.getMessage(), e);
        }
    }

    void advance(String symbolicName, String to) {
        List<String> history = new ArrayList<>(histories.getOrDefault(symbolicName, List.of(SHIPPED)));
        history.add(to);
        while (history.size() > MAX_HISTORY) {
            history.removeFirst();
        }
        histories.put(symbolicName, history);
        save();
    }

    void goBack(String symbolicName) {
        List<String> history = new ArrayList<>(histories.getOrDefault(symbolicName, List.of()));
        if (!history.isEmpty()) {
            history.removeLast();
        }
        if (history.equals(List.of(SHIPPED)) || history.isEmpty()) {
            histories.remove(symbolicName);
        } else {
            histories.put(symbolicName, history);
        }
        save();
    }

    private void save() {
        JsonFiles.write(file, histories);
        Set<String> used = new LinkedHashSet<>();
        histories.values().forEach(used::addAll);
        try (Stream<Path> jars = Files.list(directory)) {
            for (Path jar : jars.filter(path -> !used.contains(path.getFileName().toString())).toList()) {
                Files.delete(jar);
            }
        } catch (IOException e) {
            throw new FeatureProblem("cannot tidy " + directory + ": " + e.getMessage(), e);
        }
    }
}
