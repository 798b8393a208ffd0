package io.k3j.conformance;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A page of `docs`, written anew by each whole run of its suite.
final class ResultsPage {
    private ResultsPage() {
    }

    /// @param cluster where they ran, after "a cluster of"
    /// @param results of all groups
    /// @param causes why tests fail, by a part of their name; what has none is shown with upstream's message
    /// @param left what was left out and why, as a line; empty: nothing
    static String of(String cluster, List<Result> results, Map<String, String> causes, String left) {
        Map<String, Result> byName = new TreeMap<>();
        results.forEach(r -> byName.merge(r.name(), r,
                (a, b) -> a.state() == Result.State.SKIPPED || b.state() == Result.State.FAILED ? b : a));
        List<Result> all = byName.values().stream().sorted(Comparator.comparing(Result::name)).toList();
        return """
                # Upstream's tests

                `e2e.test` of Kubernetes 1.36.2, as it is, outside of a cluster of %s,
                written by `mvn -Pconformance verify -pl itests/conformance -am`:
                %d pass, %d fail, %d skip themselves.
                %s
                ## Fail

                %s
                ## Skip themselves

                %s
                ## Pass

                %s""".formatted(cluster, count(all, Result.State.PASSED), count(all, Result.State.FAILED),
                count(all, Result.State.SKIPPED), left, table(all, Result.State.FAILED, causes),
                table(all, Result.State.SKIPPED, causes),
                all.stream().filter(r -> r.state() == Result.State.PASSED).map(r -> "- " + cell(r.name()) + "\n")
                        .collect(Collectors.joining()));
    }

    private static long count(List<Result> all, Result.State state) {
        return all.stream().filter(r -> r.state() == state).count();
    }

    private static String table(List<Result> all, Result.State state, Map<String, String> causes) {
        String rows = all.stream().filter(r -> r.state() == state)
                .map(r -> "| " + cell(r.name()) + " | " + cell(why(r, causes)) + " |\n").collect(Collectors.joining());
        return rows.isEmpty() ? "None.\n" : "| test | why |\n|---|---|\n" + rows;
    }

    private static String why(Result result, Map<String, String> causes) {
        return causes.entrySet().stream().filter(e -> result.name().contains(e.getKey())).map(Map.Entry::getValue)
                .findFirst().orElse(result.why());
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
