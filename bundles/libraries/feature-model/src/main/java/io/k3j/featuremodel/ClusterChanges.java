package io.k3j.featuremodel;

import io.k3j.componentapi.SwapRefused;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Plans what is decided for the whole cluster, and how this server follows. Pure.
///
/// ```
/// record of the cluster ─► follow: as one that is decided here ─► cluster part of [Decisions], which prevails
/// ```
/// What is decided was checked where it was typed, and is checked again by each server that follows: a record says
/// which of the shipped components run, and never takes away what it could not be taken back without.
public final class ClusterChanges {
    /// How the names of features that are a datastore begin.
    private static final String DATASTORE = "datastore-";
    private static final String MEMBER = "etcd-member";
    private static final String API = "apiserver";
    private final Roster roster;
    /// What is decided for the cluster is made as if it had been decided here.
    private final FeatureChanges features;

    /// @param features plans what is decided here
    public ClusterChanges(Roster roster, FeatureChanges features) {
        this.roster = roster;
        this.features = features;
    }

    /// The decisions there are once it is decided about a name or word.
    ///
    /// @param before what was decided until now, by feature
    /// @param name of a feature, or a word for several
    /// @return what the record is to hold: a decision that says what the flags say as well is not kept
    /// @throws SwapRefused with the reason and what to type
    public Map<String, Boolean> decided(Map<String, Boolean> before, String name, boolean on) {
        Map<String, Boolean> now = new TreeMap<>(before);
        List<String> flags = roster.with(Decisions.NONE).names();
        Set<String> targets = new TreeSet<>();
        for (Feature target : features.targets(name)) {
            if (roster.now().plugins().contains(target)) {
                throw new SwapRefused(name + " is a plug-in of this server's directory, which is no matter of the"
                        + " cluster; to switch it here: k3s component " + (on ? "enable " : "disable ") + name);
            }
            targets.add(target.name());
            if (flags.contains(target.name()) == on) {
                now.remove(target.name());
            } else {
                now.put(target.name(), on);
            }
        }
        ChangePlan here = follow(now, targets);
        if (now.equals(before)) {
            throw new SwapRefused(name + " is " + (on ? "enabled" : "disabled") + " for the whole cluster already, by "
                    + (before.keySet().containsAll(targets) ? "a decision" : "its flags")
                    + "; see: k3s component status " + name + " --cluster");
        }
        refuseWithoutEffect(here, now, targets);
        return now;
    }

    /// A decision that this server cannot follow, since something that the feature needs is not there, is a mistake of
    /// who types it: other servers would be told of it all the same.
    private void refuseWithoutEffect(ChangePlan here, Map<String, Boolean> now, Set<String> targets) {
        Decisions then = here.steps().stream().filter(Step.Decide.class::isInstance).map(Step.Decide.class::cast)
                .findFirst().orElseThrow().now();
        for (String target : targets) {
            DesiredFeatures.Left left = roster.with(then).left().get(target);
            if (Boolean.TRUE.equals(now.get(target)) && left != null) {
                throw new SwapRefused(target + " cannot run here: " + left.reason());
            }
        }
    }

    /// The features about which this server does not follow yet.
    public Set<String> pending(Map<String, Boolean> decided) {
        Map<String, Boolean> followed = roster.now().decisions().cluster();
        Set<String> names = new TreeSet<>(decided.keySet());
        names.addAll(followed.keySet());
        names.removeIf(name -> !part(name) || Optional.ofNullable(decided.get(name))
                .equals(Optional.ofNullable(followed.get(name))));
        return names;
    }

    /// Whether a shipped feature of this server's role is called so.
    boolean part(String name) {
        return roster.ofRole().stream()
                .anyMatch(feature -> feature.name().equals(name) && !roster.now().plugins().contains(feature));
    }

    /// How this server follows in what concerns some features.
    ///
    /// @param decided what the record holds, by feature
    /// @param names the features that the change is about
    /// @throws SwapRefused when it cannot; it says why
    public ChangePlan follow(Map<String, Boolean> decided, Set<String> names) {
        Decisions before = roster.now().decisions();
        Decisions now = before;
        for (String name : names) {
            if (Boolean.FALSE.equals(decided.get(name))) {
                refuseLost(name);
            }
            now = now.following(name, Optional.ofNullable(decided.get(name)));
        }
        DesiredFeatures then = roster.with(now);
        String label = String.join(", ", names);
        List<Feature> removed = FeatureChanges.difference(roster.wanted(), then.features());
        List<String> others = removed.stream().map(Feature::name).filter(name -> !names.contains(name)).toList();
        if (!others.isEmpty()) {
            throw new SwapRefused(label + " is needed by " + String.join(", ", others)
                    + "; disable those first: k3s component disable " + others.getFirst() + " --cluster");
        }
        Step remember = new Step.Decide(now, before);
        return removed.isEmpty()
                ? features.enable(label, FeatureChanges.difference(then.features(), roster.wanted()), remember)
                : features.disable(label, removed, remember);
    }

    /// Without a datastore, an API server, and what that one needs, no server would hear that it is to come back.
    private void refuseLost(String name) {
        roster.ofRole().stream().filter(feature -> feature.name().equals(name))
                .forEach(FeatureChanges::refuseStaying);
        Feature api = roster.all().get(API);
        if (name.equals(API) || name.equals(MEMBER) || name.startsWith(DATASTORE)
                || api != null && api.needs().contains(name)) {
            throw new SwapRefused(name + " cannot be disabled for the cluster: it is what servers hear decisions by,"
                    + " and what its API works with; a server without an API server, or without etcd, is one with"
                    + " --disable-apiserver or --disable-etcd; to replace it: k3s bundle swap JAR");
        }
    }
}
