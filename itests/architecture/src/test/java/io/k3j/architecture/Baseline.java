package io.k3j.architecture;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// What a contract lets others name, as `api.txt` has it, compared with what the last release let them name: how far
/// its version has to have gone. The rules are those of OSGi's semantic versioning, as bnd's baseline has them.
///
/// @param version as `2.9.0`
/// @param members each with the type that has it
record Baseline(String version, Set<String> members) {
    /// Which part of a version a change raises.
    enum Change {
        NONE, MINOR, MAJOR
    }

    static Baseline of(String text) {
        Set<String> members = new LinkedHashSet<>();
        String type = "";
        List<String> lines = text.lines().toList();
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith("  ")) {
                members.add(type + " | " + line.strip());
            } else if (!line.equals("}")) {
                type = name(line);
                members.add(line);
            }
        }
        return new Baseline(lines.getFirst().replaceAll("version |\"", ""), members);
    }

    private static String name(String declaration) {
        return declaration.replaceAll("^.*\\b(class|interface) ", "").replaceAll("[ <].*$", "");
    }

    /// What has happened since another state.
    /// @param implemented whether a type, by its name, is for others to implement
    Change since(Baseline before, Predicate<String> implemented) {
        if (!members.containsAll(before.members)) {
            return Change.MAJOR;
        }
        boolean more = members.size() > before.members.size();
        boolean demands = members.stream().filter(member -> !before.members.contains(member))
                .anyMatch(member -> demands(member, before, implemented));
        return demands ? Change.MAJOR : more ? Change.MINOR : Change.NONE;
    }

    /// A new method that whoever implements the type does not have.
    private static boolean demands(String member, Baseline before, Predicate<String> implemented) {
        int bar = member.indexOf(" | public abstract ");
        if (bar < 0) {
            return false;
        }
        String type = member.substring(0, bar);
        return implemented.test(type) && before.members.stream().anyMatch(other -> other.startsWith(type + " | "));
    }

    /// Whether the version has gone as far as that.
    boolean tells(Change change, Baseline before) {
        int[] now = numbers(version);
        int[] was = numbers(before.version);
        boolean major = now[0] > was[0];
        boolean minor = major || now[0] == was[0] && now[1] > was[1];
        return switch (change) {
            case MAJOR -> major;
            case MINOR -> minor;
            case NONE -> minor || now[0] == was[0] && now[1] == was[1];
        };
    }

    private static int[] numbers(String version) {
        return List.of(version.split("\\.")).stream().mapToInt(Integer::parseInt).toArray();
    }
}
