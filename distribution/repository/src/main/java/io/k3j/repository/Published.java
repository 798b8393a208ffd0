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
    private static final List<String> ROOMS = List.of("bundles/contracts", "bundles/libraries", "itests");

    static Published find(Path root, String name) {
        for (String room : ROOMS) {
            Path directory = root.resolve(room).resolve(name);
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
