package io.k3j.featuremodel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The change that is under way, on disk before each of its steps: `<data-dir>/bundles/journal.json`. Without a change
/// there is no file. A start that finds one was preceded by an end of the process in the midst of a change.
public final class Journal {
    /// Other keys are those of another release, or damage: nothing is guessed from them.
    private static final Set<String> KEYS = Set.of("change", "name", "step", "from", "to");
    private static final Set<String> HANDLE = Set.of("symbolicName", "location", "digest");
    private final Path file;
    private final StateFiles disk;

    /// What was under way.
    ///
    /// @param step the one that was about to be made
    record Entry(String change, String name, String step, Handle from, Handle to) {
    }

    /// @param disk makes the changes to files
    public Journal(Path dataDir, StateFiles disk) {
        this.file = dataDir.resolve("bundles/journal.json");
        this.disk = disk;
    }

    /// Notes a step that is made next.
    void note(ChangePlan change, String step) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("change", change.what());
        entry.put("name", change.name());
        entry.put("step", step);
        entry.put("from", fields(change.from()));
        entry.put("to", fields(change.to()));
        disk.write(file, entry);
    }

    private static Map<String, String> fields(Handle handle) {
        return Map.of("symbolicName", handle.symbolicName(), "location", handle.location(), "digest", handle.digest());
    }

    /// The change is over.
    void clear() {
        disk.delete(file);
    }

    /// What an earlier process has left.
    /// @throws FeatureProblem naming the file, when it cannot be read
    Optional<Entry> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Section section = new Section(file, "", KEYS);
        return Optional.of(new Entry(section.text("change"), section.text("name"), section.text("step"),
                handle(section.section("from")), handle(section.section("to"))));
    }

    private static Handle handle(Section section) {
        section.only(HANDLE);
        return new Handle(section.text("symbolicName"), section.text("location"), section.text("digest"));
    }
}
