package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// How large rooms may become. One that is larger says why in its README, below a heading `Size`.
class SizesTest {
    private static final int CONTRACT_TYPES = 15;
    private static final int CONTRACT_LINES = 600;
    private static final int ROOM_LINES = 4000;
    private static final int ROOM_FILES = 45;
    private static final int README_LINES = 60;

    @Test
    void contractsStaySmall() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, Path> room : Tree.rooms("contracts").entrySet()) {
            List<Path> sources = Tree.sources(room.getValue());
            if (beyond(room.getValue(), sources, CONTRACT_TYPES, CONTRACT_LINES)) {
                wrong.add(told(room.getKey(), sources, CONTRACT_TYPES, CONTRACT_LINES));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void roomsSayWhyTheyAreLarge() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String kind : List.of("libraries", "providers")) {
            for (Map.Entry<String, Path> room : Tree.rooms(kind).entrySet()) {
                List<Path> sources = Tree.sources(room.getValue());
                if (beyond(room.getValue(), sources, ROOM_FILES, ROOM_LINES)) {
                    wrong.add(told(room.getKey(), sources, ROOM_FILES, ROOM_LINES));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /// The same name in two rooms is the same idea, and is written down as such.
    @Test
    void aNameMeansOneThing() throws IOException {
        Map<String, Set<String>> rooms = new TreeMap<>();
        for (String kind : List.of("contracts", "libraries", "providers")) {
            for (Map.Entry<String, Path> room : Tree.rooms(kind).entrySet()) {
                for (Path source : Tree.sources(room.getValue())) {
                    String file = source.getFileName().toString();
                    rooms.computeIfAbsent(file.substring(0, file.length() - ".java".length()), _ -> new TreeSet<>())
                            .add(room.getKey());
                }
            }
        }
        rooms.values().removeIf(homes -> homes.size() == 1);
        assertThat(rooms.keySet()).isSubsetOf(Rooms.SHARED_NAMES);
    }

    @Test
    void everyRoomSaysWhatEntersAndWhatLeaves() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String kind : List.of("contracts", "libraries", "providers")) {
            for (Map.Entry<String, Path> room : Tree.rooms(kind).entrySet()) {
                Path readme = room.getValue().resolve("README.md");
                if (!Files.exists(readme) || Files.readAllLines(readme).size() > README_LINES) {
                    wrong.add(room.getKey() + " has no README.md of at most " + README_LINES + " lines");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean beyond(Path room, List<Path> sources, int files, int lines) throws IOException {
        Path readme = room.resolve("README.md");
        boolean reason = Files.exists(readme) && Files.readString(readme).contains("\n## Size\n");
        return !reason && (sources.size() > files || Tree.lines(sources) > lines);
    }

    private static String told(String room, List<Path> sources, int files, int lines) throws IOException {
        return "%s has %d files and %d lines; %d and %d are the most without a reason in its README"
                .formatted(room, sources.size(), Tree.lines(sources), files, lines);
    }
}
