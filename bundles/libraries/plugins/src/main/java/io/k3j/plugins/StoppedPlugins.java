package io.k3j.plugins;

import io.k3j.featuremodel.FeatureProblem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The plug-ins that were stopped because of what they did, and those that decide about requests and nobody trusts any
/// more, as long as their files are there. Of those that decide the bundles are *held*: stopped and not taken out, so
/// that the API server goes on to miss what they decide, and answers 503; else whoever makes one fail would be let
/// pass. One thread.
final class StoppedPlugins {
    /// What is said of one that is held.
    static final String HELD = "; what it has to decide about is answered 503 until its file is taken away or replaced";
    /// The one of each file that was stopped last.
    private final Map<String, Plugin> byFile = new TreeMap<>();
    /// The files of those whose bundles are held.
    private final Set<String> held = new HashSet<>();
    /// The files of those that have not cleaned up, and are to when this server is started again.
    private final Set<String> owing = new HashSet<>();
    /// Others have their places, and their bundles have not ended.
    private final List<Plugin> replaced = new ArrayList<>();

    /// One was stopped.
    void add(Plugin plugin, boolean hold) {
        byFile.put(plugin.file(), plugin);
        held.remove(plugin.file());
        owing.remove(plugin.file());
        if (hold) {
            held.add(plugin.file());
        }
    }

    /// The bundles of one are held, in the place of those that were.
    void hold(Plugin plugin) {
        add(plugin, true);
    }

    /// The bundles of one are held, and it has yet to clean up: its file had gone and they do not end, or it is not
    /// trusted any more.
    void owing(Plugin plugin) {
        add(plugin, true);
        owing.add(plugin.file());
    }

    /// Whether the next start has it clean up.
    boolean owes(String file) {
        return owing.contains(file);
    }

    /// It runs again, or its file has gone.
    void remove(String file) {
        byFile.remove(file);
        held.remove(file);
        owing.remove(file);
    }

    /// Another one runs in the place of this one, whose bundles have not ended.
    void replaced(Plugin plugin) {
        replaced.add(plugin);
    }

    /// Those that were replaced and have not ended, of a file.
    List<Plugin> replaced(String file) {
        return replaced.stream().filter(plugin -> plugin.file().equals(file)).toList();
    }

    /// Its bundles have ended after all.
    void ended(Plugin plugin) {
        replaced.remove(plugin);
    }

    /// The one that was stopped; null when none was.
    @Nullable
    Plugin plugin(String file) {
        return byFile.get(file);
    }

    /// The one whose bundles are held; null when those of none are.
    @Nullable
    Plugin held(String file) {
        return held.contains(file) ? byFile.get(file) : null;
    }

    /// What is told of a file that is refused, with what comes of it while the bundles of one before are held.
    FeatureProblem told(String file, FeatureProblem refusal) {
        String reason = String.valueOf(refusal.getMessage());
        return held(file) == null || reason.contains(HELD) ? refusal : new FeatureProblem(reason + HELD, refusal);
    }

    /// All whose bundles are held.
    Collection<Plugin> held() {
        return List.copyOf(byFile.values()).stream().filter(plugin -> held.contains(plugin.file())).toList();
    }
}
