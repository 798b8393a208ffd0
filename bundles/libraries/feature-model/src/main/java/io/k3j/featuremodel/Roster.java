package io.k3j.featuremodel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The features there are, and which of them are wanted now. Changed under the lock of the changes, read by anyone.
public final class Roster {
    /// Names in order of start; those of plug-ins come after them.
    private final List<String> role;
    private final Map<String, Feature> shipped;
    /// Replaced as a whole, so that whoever reads it sees one state.
    private volatile Now now;

    /// One state.
    ///
    /// @param disabled words of the flags
    /// @param settings values of the flags
    /// @param plugins features of the plugin directory, in order
    /// @param decisions of an operator
    /// @param desired what follows from it
    public record Now(Set<String> disabled, Map<String, Object> settings, List<Feature> plugins, Decisions decisions,
            DesiredFeatures desired) {
    }

    /// The state at the start, without plug-ins.
    ///
    /// @param role names in order of start
    /// @param shipped the features of the distribution, by name
    /// @param disabled words of the flags
    /// @param settings values of the flags
    public Roster(List<String> role, Map<String, Feature> shipped, Set<String> disabled, Map<String, Object> settings,
            Decisions decisions) {
        this.role = role;
        this.shipped = Map.copyOf(shipped);
        this.now = new Now(disabled, settings, List.of(), decisions,
                desired(disabled, settings, List.of(), decisions));
    }

    private DesiredFeatures desired(Set<String> disabled, Map<String, Object> settings, List<Feature> plugins,
            Decisions decisions) {
        List<String> names = new ArrayList<>(role);
        Map<String, Feature> all = new LinkedHashMap<>(shipped);
        for (Feature plugin : plugins) {
            names.add(plugin.name());
            all.put(plugin.name(), plugin);
        }
        return DesiredFeatures.of(new DesiredFeatures.Wishes(names, all, disabled, settings, decisions));
    }

    /// The present state.
    public Now now() {
        return now;
    }

    /// The features that are wanted, in order of start.
    public List<Feature> wanted() {
        return now.desired.features();
    }

    /// Every feature there is, by name, also those of other roles.
    public Map<String, Feature> all() {
        Map<String, Feature> all = new LinkedHashMap<>(shipped);
        now.plugins.forEach(plugin -> all.put(plugin.name(), plugin));
        return all;
    }

    /// Those of the role and of the plugin directory, in order of start.
    public List<Feature> ofRole() {
        Map<String, Feature> all = all();
        List<Feature> list = new ArrayList<>(role.stream().map(all::get).toList());
        list.addAll(now.plugins);
        return list;
    }

    /// What would be wanted with other decisions.
    DesiredFeatures with(Decisions decisions) {
        return desired(now.disabled, now.settings, now.plugins, decisions);
    }

    /// What would be wanted with other plug-ins.
    public DesiredFeatures with(List<Feature> plugins) {
        return desired(now.disabled, now.settings, plugins, now.decisions);
    }

    /// An operator or the cluster has decided.
    public void decide(Decisions decisions) {
        now = new Now(now.disabled, now.settings, now.plugins, decisions, with(decisions));
    }

    /// These are the plug-ins from now on.
    public void plug(List<Feature> plugins) {
        now = new Now(now.disabled, now.settings, plugins, now.decisions, with(plugins));
    }

    /// The cluster has said what only it knows.
    public void learn(Set<String> disabled, Map<String, Object> settings) {
        now = new Now(disabled, settings, now.plugins, now.decisions,
                desired(disabled, settings, now.plugins, now.decisions));
    }
}
