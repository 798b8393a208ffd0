package io.k3j.cli.upgrade;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a release says of itself, in `lib/release.json`.
///
/// @param version its own, as `0.1.0`
/// @param kubernetes the version tools see, as `v1.36.2+k3s1`
/// @param commit what it was built from, eight characters or `unknown`
/// @param java the feature version of Java it needs at least
/// @param dataForm the form of the data it writes ([io.k3j.launcher.DataForm])
/// @param bundles symbolic name to SHA-256 of the content
public record ReleaseFacts(ReleaseVersion version, ReleaseVersion kubernetes, String commit, int java, int dataForm,
        SortedMap<String, String> bundles) {
    /// Where it lies in a release.
    public static final String FILE = "lib/release.json";
    /// More than any release says.
    static final int MOST_BYTES = 1 << 20;

    /// Reads what [#json] has written.
    /// @throws UpgradeProblem when it is something else
    static ReleaseFacts of(byte[] json) {
        try {
            Struct facts = Json.object(json);
            return plain(new ReleaseFacts(ReleaseVersion.of(facts.text("version")),
                    ReleaseVersion.of(facts.text("kubernetes")), facts.text("commit"),
                    Math.toIntExact(facts.whole("java", 0)), Math.toIntExact(facts.whole("dataForm", 0)),
                    new TreeMap<>(facts.struct("bundles").texts())));
        } catch (MalformedInput | IllegalArgumentException | ArithmeticException e) {
            throw new UpgradeProblem(FILE + " of the release is damaged: "
                    + Printable.of(String.valueOf(e.getMessage())), e);
        }
    }

    /// All of it is shown to root.
    private static ReleaseFacts plain(ReleaseFacts facts) {
        if (!Printable.plain(facts.commit, "")) {
            throw new IllegalArgumentException("'" + Printable.of(facts.commit) + "' is no commit");
        }
        for (String name : facts.bundles.keySet()) {
            if (!Printable.plain(name, ".-_")) {
                throw new IllegalArgumentException("'" + Printable.of(name) + "' is no name of a bundle");
            }
        }
        return facts;
    }

    /// Those of a release that lies on the disk.
    /// @throws UpgradeProblem when it says nothing of itself
    static ReleaseFacts in(Path release) {
        Path file = release.resolve(FILE);
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new UpgradeProblem(file + " is damaged: it is larger than " + MOST_BYTES + " bytes");
            }
            return of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UpgradeProblem("cannot tell which release lies in " + release + ": " + e
                    + "; releases without that file are changed by install.sh", e);
        }
    }

    /// The content of the file.
    public byte[] json() {
        Struct.Builder digests = Struct.builder();
        bundles.forEach(digests::put);
        return (Json
                .text(Struct.of("version", version.text(), "kubernetes", kubernetes.text(), "commit", commit, "java",
                        java, "dataForm", dataForm, "bundles", digests.build()))
                + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /// For a person.
    String text() {
        return version.text() + " (" + kubernetes.text() + ", " + commit + ")";
    }

    /// How the bundles of another release differ: name to `added`, `removed` or `changed`.
    SortedMap<String, String> changes(ReleaseFacts next) {
        SortedMap<String, String> changes = new TreeMap<>();
        bundles.keySet().stream().filter(name -> !next.bundles.containsKey(name))
                .forEach(name -> changes.put(name, "removed"));
        for (Map.Entry<String, String> bundle : next.bundles.entrySet()) {
            String before = bundles.get(bundle.getKey());
            if (!bundle.getValue().equals(before)) {
                changes.put(bundle.getKey(), before == null ? "added" : "changed");
            }
        }
        return changes;
    }
}
