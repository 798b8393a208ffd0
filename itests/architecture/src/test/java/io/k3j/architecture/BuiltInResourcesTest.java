package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// `resources-crd` serves no definition of a resource that `resources-builtin` has: two rooms that do not know each
/// other.
class BuiltInResourcesTest {
    private static final Path PROVIDERS = Tree.ROOT.resolve("bundles/providers");
    private static final Path TABLE = PROVIDERS
            .resolve("resources-builtin/src/main/resources/io/k3j/resourcesbuiltin/kinds.txt");
    private static final Path KNOWN = PROVIDERS
            .resolve("resources-crd/src/main/java/io/k3j/resourcescrd/BuiltInResources.java");
    private static final Pattern GROUP = Pattern.compile("Map\\.entry\\(\"([^\"]+)\",\\s*Set\\.of\\(([^)]*)\\)");

    private static Map<String, Set<String>> known() throws IOException {
        Map<String, Set<String>> known = new TreeMap<>();
        Matcher entry = GROUP.matcher(Files.readString(KNOWN));
        while (entry.find()) {
            Set<String> plurals = known.computeIfAbsent(entry.group(1), _ -> new TreeSet<>());
            for (String plural : entry.group(2).split(",")) {
                plurals.add(plural.strip().replace("\"", ""));
            }
        }
        return known;
    }

    /// Those of groups with a dot: no definition can be of another.
    @Test
    void noResourceOfKubernetesOwnIsServedForADefinition() throws IOException {
        Map<String, Set<String>> there = new TreeMap<>();
        String group = "";
        for (String line : Files.readAllLines(TABLE)) {
            if (line.startsWith("= ")) {
                group = line.contains("/") ? line.substring(2, line.indexOf('/')) : "";
            } else if (group.contains(".") && !line.isEmpty() && Character.isLetter(line.charAt(0))) {
                there.computeIfAbsent(group, _ -> new TreeSet<>()).add(line.substring(0, line.indexOf(' ')));
            }
        }
        assertThat(there).containsKey("apiextensions.k8s.io");
        assertThat(known()).isEqualTo(there);
    }
}
