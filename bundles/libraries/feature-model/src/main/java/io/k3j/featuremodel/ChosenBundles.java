package io.k3j.featuremodel;

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
/// `<data-dir>/bundles/chosen`, one file per name and content, whose name ends in its SHA-256; jars that no history
/// refers to are deleted. Thread-safe.
public final class ChosenBundles {
    /// Stands for the shipped bundle.
    public static final String SHIPPED = "shipped";
    /// Replacement jars that are kept for each bundle, beside the shipped one.
    private static final int MAX_JARS = 3;
    private static final String JAR = ".jar";
    /// Of a checksum in a file's name: earlier releases kept its beginning only.
    private static final int LEAST_DIGEST = 12;

    private final Path directory;
    private final Path file;
    /// Makes the changes to files.
    private final StateFiles disk;
    /// What was chosen by symbolic name, the present choice last; none when it is the shipped bundle.
    private final Map<String, List<String>> histories = new LinkedHashMap<>();

    /// Reads what was chosen.
    /// @throws FeatureProblem naming the file, when it cannot be read
    public ChosenBundles(Path dataDir, StateFiles disk) {
        this.directory = dataDir.resolve("bundles/chosen");
        this.file = dataDir.resolve("bundles/chosen.json");
        this.disk = disk;
        if (Files.exists(file)) {
            Section section = new Section(file, "", Set.of());
            section.names().forEach(name -> histories.put(name, section.texts(name)));
        }
    }

    /// The choice for `symbolicName`: [#SHIPPED] or a file name.
    public synchronized String current(String symbolicName) {
        return history(symbolicName).getLast();
    }

    /// The choice before the current one; empty when there is none.
    public synchronized String previous(String symbolicName) {
        List<String> history = history(symbolicName);
        return history.size() < 2 ? "" : history.get(history.size() - 2);
    }

    /// What nobody has chosen for runs as it is shipped.
    private List<String> history(String symbolicName) {
        List<String> history = histories.getOrDefault(symbolicName, List.of());
        return history.isEmpty() ? List.of(SHIPPED) : history;
    }

    /// Where the jar of a choice lies.
    public Path path(String name) {
        return directory.resolve(name);
    }

    /// The handle of a choice.
    public static Handle handle(String symbolicName, String choice) {
        return choice.equals(SHIPPED) ? Handle.shipped(symbolicName)
                : new Handle(symbolicName, Handle.CHOSEN + choice, digest(choice));
    }

    /// The handle of a jar that is going to be kept.
    public static Handle handle(JarFacts jar) {
        return handle(jar.symbolicName(), jar.symbolicName() + "-" + jar.digest() + JAR);
    }

    /// The checksum that a choice's name says, or its beginning; empty when it says none.
    private static String digest(String choice) {
        return choice.endsWith(JAR) ? choice.substring(choice.lastIndexOf('-') + 1, choice.length() - JAR.length())
                : "";
    }

    /// Keeps a copy of a jar, and looks whether it is what was looked at before.
    /// @throws FeatureProblem when it is not, or cannot be written
    public void keep(Handle handle, Path jar) {
        disk.copy(jar, path(handle.choice()));
        if (!damage(handle.choice()).isEmpty()) {
            throw new FeatureProblem("cannot keep a copy of " + jar + ": it has changed meanwhile");
        }
    }

    /// What is wrong with a kept jar; empty when nothing is. Reads all of it.
    public String damage(String choice) {
        try {
            String digest = digest(choice);
            String found = JarFacts.digest(path(choice));
            return digest.length() >= LEAST_DIGEST && found.startsWith(digest) ? ""
                    : path(choice) + " is damaged: its SHA-256 is " + found + ", not " + digest
                            + "; to choose it anew: k3s bundle swap JAR";
        } catch (IOException e) {
            return path(choice) + " cannot be read: " + e;
        }
    }

    /// Makes `to` the choice: the one before it when that is what it is, else one more. Once it has returned, this is
    /// what the next start runs.
    /// @throws FeatureProblem when it cannot be written; the choice is what it was then
    public synchronized void choose(Handle to) {
        String name = to.symbolicName();
        if (to.choice().equals(current(name))) {
            return;
        }
        List<String> history = new ArrayList<>(history(name));
        if (to.choice().equals(previous(name))) {
            history.removeLast();
        } else {
            history.add(to.choice());
        }
        save(name, history);
    }

    /// The oldest jars go, so that a bundle that is swapped again and again fills no disk.
    private void save(String name, List<String> history) {
        List<String> kept = new ArrayList<>(history);
        while (kept.size() > MAX_JARS + 1) {
            kept.removeFirst();
        }
        Map<String, List<String>> all = new LinkedHashMap<>(histories);
        if (kept.equals(List.of(SHIPPED))) {
            all.remove(name);
        } else {
            all.put(name, kept);
        }
        // what cannot be written is not so in memory either
        disk.write(file, all);
        histories.clear();
        histories.putAll(all);
    }

    /// Deletes the jars that no history refers to.
    /// @throws FeatureProblem when the directory cannot be read, or a jar not be deleted
    public synchronized void tidy() {
        Set<String> used = new LinkedHashSet<>();
        histories.values().forEach(used::addAll);
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> jars = Files.list(directory)) {
            for (Path jar : jars.filter(path -> !used.contains(path.getFileName().toString())).toList()) {
                disk.delete(jar);
            }
        } catch (IOException e) {
            throw new FeatureProblem("cannot tidy " + directory + ": " + e.getMessage(), e);
        }
    }
}
