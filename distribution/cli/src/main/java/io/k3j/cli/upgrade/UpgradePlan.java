package io.k3j.cli.upgrade;

import io.k3j.launcher.release.ReleaseTrial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// What an upgrade will do, and why it cannot be done when it cannot. A value.
///
/// @param present the release that runs, and the directory it lies in
/// @param next the one to come
/// @param bytes it takes of the disk; 0 when it is there already
/// @param snapshot what becomes of the datastore
/// @param restart how the service is restarted, empty when nothing runs
/// @param notes what an operator has to know
/// @param problems why it cannot be done
record UpgradePlan(Side present, Side next, long bytes, String snapshot, String restart, List<String> notes,
        List<String> problems) {
    private static final int LISTED = 40;
    /// Made by `install.sh`, of the release it installs.
    private static final String KEPT = "note: the unit, k3s-killall.sh and k3s-uninstall.sh stay those of the release"
            + " that install.sh has installed; the install.sh of the new one renews them";

    /// One of the two.
    record Side(String name, ReleaseFacts facts) {
    }

    /// The same release, file by file.
    boolean nothing() {
        return present.name().equals(next.name());
    }

    boolean possible() {
        return problems.isEmpty();
    }

    /// For a person, line by line.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("present   " + present.facts().text() + "  " + present.name());
        lines.add("new       " + next.facts().text() + "  " + next.name() + order());
        if (nothing()) {
            lines.add("nothing to do: this release is installed");
            return lines;
        }
        bundles(lines);
        lines.add("steps");
        lines.add("  stage     " + (bytes == 0 ? "nothing: it lies there from before" : (bytes >> 20) + " MiB in "
                + next.name() + " beside " + present.name()));
        lines.add("  snapshot  " + snapshot);
        lines.add("  restart   " + (restart.isEmpty() ? "nothing runs: the next start takes it"
                : restart + "; the API and this node's controllers pause, pods run on"));
        lines.add("  trial     ready, and for " + ReleaseTrial.STEADY.toSeconds()
                + " s more; otherwise " + present.name() + " is started again");
        lines.add(KEPT);
        notes.forEach(note -> lines.add("note: " + note));
        return lines;
    }

    private String order() {
        int order = next.facts().version().compareTo(present.facts().version());
        return nothing() ? "" : order > 0 ? "  newer" : order < 0 ? "  older" : "  same version, another build";
    }

    private void bundles(List<String> lines) {
        SortedMap<String, String> changes = present.facts().changes(next.facts());
        Map<String, Long> counts = changes.values().stream()
                .collect(Collectors.groupingBy(how -> how, Collectors.counting()));
        lines.add("bundles   " + counts.getOrDefault("changed", 0L) + " changed, " + counts.getOrDefault("added", 0L)
                + " added, " + counts.getOrDefault("removed", 0L) + " removed, of " + next.facts().bundles().size());
        changes.entrySet().stream().limit(LISTED)
                .forEach(change -> lines.add("  " + change.getValue() + " ".repeat(10 - change.getValue().length())
                        + change.getKey()));
        if (changes.size() > LISTED) {
            lines.add("  and " + (changes.size() - LISTED) + " more");
        }
    }
}
