package io.k3j.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A module of the tree that is published.
///
/// @param directory of it
/// @param contract whether it is one
record Published(Path directory, boolean contract) {
    private static final List<String> ROOMS = List.of("bundles/contracts", "bundles/libraries", "itests",
            "distribution");
    /// Names of directories go without it.
    private static final String PREFIX = "k3j-";

    /// @throws IllegalStateException when there is no such module
    static Published find(Path root, String name) {
        String place = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        for (String room : ROOMS) {
            Path directory = root.resolve(room).resolve(place);
            if (Files.exists(directory.resolve("pom.xml"))) {
                return new Published(directory, room.equals(ROOMS.getFirst()));
            }
        }
        throw new IllegalStateException("the bill of materials names " + name + ", which is not in " + ROOMS);
    }

    Pom pom() throws IOException {
        return Pom.read(directory.resolve("pom.xml"));
    }

    Path sources() {
        return directory.resolve("src/main/java");
    }
}
