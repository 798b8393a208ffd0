package io.k3j.testmachine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The packages that tests need, each with what shows that it is installed, however it came there.
public final class Packages {
    private static final List<Path> PLACES = Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin",
            "/sbin", "/bin").map(Path::of).toList();
    private final Map<String, String> evidence;
    private final List<Path> places;

    Packages(String list, List<Path> places) {
        this.places = places;
        evidence = new LinkedHashMap<>();
        list.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).map(line -> line.split(" +", 2))
                .forEach(words -> evidence.put(words[0], words[1].strip()));
    }

    /// The list of the build, looked for on this machine.
    static Packages ofThisMachine() {
        try (InputStream list = Objects.requireNonNull(Packages.class.getResourceAsStream("packages.txt"))) {
            return new Packages(new String(list.readAllBytes(), StandardCharsets.UTF_8), PLACES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What of these packages is missing on this machine, as a reason for a test to be skipped; empty when nothing is.
    /// @throws IllegalArgumentException when the list does not have a name
    public static String missing(String... names) {
        return ofThisMachine().lacking(names);
    }

    /// The same, of the places looked at.
    String lacking(String... names) {
        String missing = Arrays.stream(names).filter(name -> !present(name)).collect(Collectors.joining(", "));
        return missing.isEmpty() ? "" : "package not installed: " + missing;
    }

    /// Whether the package's program or file is there.
    /// @throws IllegalArgumentException when the list does not have the name, so that nobody would install it
    boolean present(String name) {
        String what = evidence.get(name);
        if (what == null) {
            throw new IllegalArgumentException(name + " is not in build/test-machine's packages.txt; add it there");
        }
        return what.startsWith("/") ? Files.exists(Path.of(what))
                : places.stream().anyMatch(place -> Files.isExecutable(place.resolve(what)));
    }
}
