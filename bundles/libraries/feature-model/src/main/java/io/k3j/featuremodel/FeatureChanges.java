package io.k3j.featuremodel;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Plans how features come and go: what is wanted now, what is wanted then, and the steps between. Pure.
///
/// ```
/// enable    configure · install · resolve · start · healthy · remember · deploy
/// disable   remember · stop · clean up · withdraw
/// ```
/// Enabling is undone when anything fails before it is remembered. Disabling is remembered first, so that an end of the
/// process in the midst of it is made good by the next start, which cleans up after what is not wanted any more.
public final class FeatureChanges {
    private final Roster roster;
    /// A bundle that was swapped is started again as the jar that was chosen.
    private final Function<String, Handle> handles;

    /// @param handles which bundle is to run under a symbolic name
    public FeatureChanges(Roster roster, Function<String, Handle> handles) {
        this.roster = roster;
        this.handles = handles;
    }

    /// The change of one name, or word.
    ///
    /// @param on whether it is to run
    /// @throws SwapRefused with the reason and what to type
    public ChangePlan of(String name, boolean on) {
        List<Feature> targets = targets(name);
        Decisions decisions = roster.now().decisions();
        if (targets.stream().map(Feature::name).anyMatch(decisions.cluster()::containsKey)) {
            throw new SwapRefused(name + " is decided for the cluster, which prevails over a decision for one server;"
                    + " on all servers: k3s component " + (on ? "enable " : "disable ") + name + " --cluster");
        }
        return on ? enable(name, targets) : disable(name, targets);
    }

    /// The features of this node that a name or word stands for.
    /// @throws SwapRefused when there are none, or it is a whole node
    List<Feature> targets(String name) {
        List<Feature> targets = roster.ofRole().stream().filter(feature -> feature.namedBy(Set.of(name))).toList();
        if (targets.isEmpty()) {
            throw new SwapRefused("no component is called " + name + " on this " + "node; see: k3s component ls");
        }
        if (name.equals(DesiredFeatures.NODE) && targets.size() > 1) {
            throw new SwapRefused("a whole node is taken away with --disable-agent and a restart of this server; to"
                    + " disable one part of it: k3s component ls");
        }
        return targets;
    }

    /// Where the flags want it already, only a decision against it is taken back: nothing is remembered that is not
    /// needed.
    private ChangePlan enable(String name, List<Feature> targets) {
        Decisions before = roster.now().decisions();
        Decisions now = before;
        for (Feature target : targets) {
            Decisions plain = now.without(target.name());
            now = roster.with(plain).names().contains(target.name()) ? plain : now.with(target.name(), true);
        }
        DesiredFeatures then = roster.with(now);
        List<Feature> added = difference(then.features(), roster.wanted());
        if (added.isEmpty()) {
            DesiredFeatures.Left left = then.left().get(targets.getFirst().name());
            throw new SwapRefused(left == null ? name + " is enabled already; see: k3s component status " + name
                    : name + " cannot run here: " + left.reason());
        }
        return enable(name, added, new Step.Decide(now, before));
    }

    /// Adds features. Whatever fails before it is remembered undoes all of it.
    ///
    /// @param name what is enabled, as an operator knows it
    /// @param added in order of start
    /// @param remember what makes it last
    public ChangePlan enable(String name, List<Feature> added, Step remember) {
        List<Step> steps = new ArrayList<>();
        List<Handle> bundles = handles(added);
        added.forEach(feature -> steps.add(new Step.Configure(feature)));
        bundles.forEach(handle -> steps.add(new Step.Install(handle)));
        bundles.forEach(handle -> steps.add(new Step.Resolve(handle)));
        bundles.forEach(handle -> steps.add(new Step.Start(handle)));
        bundles.forEach(handle -> steps.add(new Step.Healthy(handle, null)));
        steps.add(remember);
        added.forEach(feature -> steps.add(new Step.Deploy(feature.name())));
        return change("enable", name, bundles, steps);
    }

    /// What others need is not taken from under them: who wants that disables those first.
    private ChangePlan disable(String name, List<Feature> targets) {
        Decisions before = roster.now().decisions();
        Decisions now = before;
        for (Feature target : targets) {
            refuseStaying(target);
            Decisions plain = now.without(target.name());
            now = roster.with(plain).names().contains(target.name()) ? now.with(target.name(), false) : plain;
        }
        DesiredFeatures then = roster.with(now);
        List<Feature> removed = difference(roster.wanted(), then.features());
        if (removed.isEmpty()) {
            throw new SwapRefused(name + " does not run; see: k3s component status " + name);
        }
        List<String> others = removed.stream().filter(feature -> !targets.contains(feature)).map(Feature::name)
                .toList();
        if (!others.isEmpty()) {
            throw new SwapRefused(name + " is needed by " + String.join(", ", others)
                    + "; nothing was changed; disable those first: k3s component disable " + others.getFirst());
        }
        return disable(name, removed, new Step.Decide(now, before));
    }

    /// Takes features away, the last one started first. It is remembered before anything is stopped.
    ///
    /// @param name what is disabled, as an operator knows it
    /// @param removed in order of start
    /// @param remember what makes it last
    public ChangePlan disable(String name, List<Feature> removed, Step remember) {
        List<Step> steps = new ArrayList<>(List.of(remember));
        for (Feature feature : removed.reversed()) {
            for (Handle handle : handles(List.of(feature)).reversed()) {
                steps.add(new Step.Stop(handle));
            }
            steps.add(new Step.Retire(feature));
            for (Handle handle : handles(List.of(feature)).reversed()) {
                if (!handle.isShipped()) {
                    steps.add(new Step.Remove(handle));
                }
            }
            steps.add(new Step.Deploy(feature.name()));
        }
        return change("disable", name, handles(removed), steps);
    }

    /// @throws SwapRefused for what nobody would reach the server without
    static void refuseStaying(Feature target) {
        if (target.stays() || target.bundles().stream().anyMatch(part -> part.swap() == SwapPolicy.RESTART)) {
            throw new SwapRefused(target.name() + " cannot be disabled: nobody would reach this server, or enable it"
                    + " again; to replace it: k3s bundle swap JAR");
        }
    }

    private List<Handle> handles(List<Feature> features) {
        return features.stream().flatMap(feature -> feature.bundles().stream()).map(Feature.Part::symbolicName)
                .map(handles).toList();
    }

    /// A feature without bundles is named by itself in the journal.
    private static ChangePlan change(String what, String name, List<Handle> bundles, List<Step> steps) {
        Handle first = bundles.isEmpty() ? Handle.shipped(name) : bundles.getFirst();
        return new ChangePlan(what, name, first, first, steps);
    }

    /// The features of one list that another one lacks, in the order of the first.
    static List<Feature> difference(List<Feature> of, List<Feature> without) {
        return of.stream().filter(feature -> !without.contains(feature)).toList();
    }
}
