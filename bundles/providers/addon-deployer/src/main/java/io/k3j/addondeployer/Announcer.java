package io.k3j.addondeployer;

import io.k3j.addondeployer.Precedence.Copy;
import io.k3j.controllerkit.Events;
import io.k3j.model.Obj;
import java.nio.file.Path;
import java.util.LinkedHashSet;

/// Tells by Events on its Addon what happens to a file, with K3s' reasons and texts, and in the log. For one thread.
final class Announcer {
    private static final System.Logger LOG = System.getLogger("io.k3j.addondeployer");
    /// Of the rest of the world each is told once; so many are remembered.
    private static final int REMEMBERED = 1_000;
    private final Events events;
    private final String server;
    private final LinkedHashSet<String> told = new LinkedHashSet<>();

    /// @param server the name of this server's node
    Announcer(Events events, String server) {
        this.events = events;
        this.server = server;
    }

    void applying(Obj addon, Path file) {
        events.normal(addon, "ApplyingManifest", "Applying manifest at \"" + file + "\"");
    }

    void applied(Obj addon, Path file) {
        LOG.log(System.Logger.Level.INFO, "Applied manifest path={0}", file);
        events.normal(addon, "AppliedManifest", "Applied manifest at \"" + file + "\"");
    }

    void deleting(Obj addon, String file) {
        events.normal(addon, "DeletingManifest", "Deleting manifest at \"" + file + "\"");
    }

    /// Why a file is not deployed now.
    void failed(Obj addon, Path file, ManifestProblem problem) {
        String verb = switch (problem.reason()) {
            case "ReadManifestFailed" -> "Read";
            case "ParseManifestFailed" -> "Parse";
            default -> "Applying";
        };
        logged(problem.reason() + file + problem.text(), "Cannot deploy manifest path=" + file + " error="
                + problem.text());
        events.warning(addon, problem.reason(), verb + " manifest at \"" + file + "\" failed: " + problem.text());
    }

    /// That this server's copy of a file is not the one that was applied; once for each pair of contents.
    void differs(Obj addon, Path file, Copy own, Copy applied) {
        if (remember(addon.name() + own.checksum() + applied.checksum())) {
            events.warning(addon, "ManifestDiffers", "Manifest at \"" + file + "\" on server " + server + " (checksum "
                    + shortened(own) + ", of " + own.since() + ") differs from the one applied by server "
                    + applied.server() + " (checksum " + shortened(applied) + ", of " + applied.since()
                    + "), which stays; make the files equal, or touch the one that is to win");
        }
    }

    private static String shortened(Copy copy) {
        return copy.checksum().substring(0, Math.min(12, copy.checksum().length()));
    }

    /// A warning in the log, once for each cause.
    void logged(String cause, String message) {
        if (remember(cause)) {
            LOG.log(System.Logger.Level.WARNING, message);
        }
    }

    private boolean remember(String cause) {
        if (told.size() >= REMEMBERED) {
            told.removeFirst();
        }
        return told.add(cause);
    }
}
