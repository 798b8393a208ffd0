package io.k3j.metricstext;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// Texts of several components as one text of a process: a family that more than one of them has stands in it once,
/// with the samples of all, as in the registry that upstream's components share. Pure; any thread.
public final class MetricFamilies {
    private static final String HELP = "# HELP ";

    private MetricFamilies() {
    }

    /// All families, in the order in which they come first, under the first one's help and type.
    ///
    /// @param texts in Prometheus' form, each family with `# HELP` before everything else of it; what stands before the
    /// first family of a text is kept at the beginning
    public static String merged(Collection<String> texts) {
        Map<String, StringBuilder> families = new LinkedHashMap<>();
        for (String text : texts) {
            StringBuilder into = families.computeIfAbsent("", f -> new StringBuilder());
            boolean again = false;
            for (String line : (Iterable<String>) text.lines()::iterator) {
                if (line.startsWith(HELP)) {
                    String family = line.substring(HELP.length()).split(" ", 2)[0];
                    again = families.containsKey(family);
                    into = families.computeIfAbsent(family, f -> new StringBuilder());
                }
                if (!again || !line.startsWith("#")) {
                    into.append(line).append('\n');
                }
            }
        }
        return String.join("", families.values());
    }
}
