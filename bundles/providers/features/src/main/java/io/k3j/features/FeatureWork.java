package io.k3j.features;

import io.k3j.featuremodel.Decisions;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Manifests;
import io.k3j.featuremodel.Roster;
import io.k3j.featuremodel.StateFiles;
import io.k3j.featuremodel.Step;
import io.k3j.featuremodel.TemplateVariables;
import io.k3j.featuremodel.Transaction.StepFailed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// Makes the steps of changes that are about features: their settings, decisions, objects, and their cleaning up.
final class FeatureWork implements BundleHands.FeatureHands {
    /// How long an operator waits for a bundle to clean up; the next start goes on with it.
    private static final Duration RETIRE = Duration.ofSeconds(40);
    private static final String DISABLE = "disable";
    private final Path dataDir;
    private final StateFiles disk;
    private final Roster roster;
    private final Configurations configurations;
    private final FeatureRetirement retirement;

    /// @param roster what is wanted
    FeatureWork(Path dataDir, StateFiles disk, Roster roster, Configurations configurations,
            FeatureRetirement retirement) {
        this.dataDir = dataDir;
        this.disk = disk;
        this.roster = roster;
        this.configurations = configurations;
        this.retirement = retirement;
    }

    @Override
    public void make(Step step) throws StepFailed, InterruptedException {
        switch (step) {
            case Step.Configure configure -> configurations.apply(configure.feature());
            case Step.Deconfigure deconfigure -> configurations.delete(deconfigure.feature());
            case Step.Decide decide -> {
                decide.now().write(dataDir, disk);
                roster.decide(decide.now());
            }
            case Step.Retire retire -> retire(retire.feature());
            case Step.Plug plug -> {
                List<Feature> plugins = new ArrayList<>(roster.now().plugins());
                plugins.add(plug.feature());
                roster.plug(plugins);
            }
            case Step.Unplug unplug -> roster.plug(roster.now().plugins().stream()
                    .filter(plugin -> !plugin.equals(unplug.feature())).toList());
            case Step.Deploy deploy -> deploy(deploy.feature());
            default -> throw new IllegalStateException("no step of features: " + step.text());
        }
    }

    private void retire(Feature feature) throws StepFailed, InterruptedException {
        List<String> left = retirement.retire(feature, RETIRE);
        if (!left.isEmpty()) {
            throw new StepFailed(feature.name() + " has not cleaned up after itself: " + String.join("; ", left)
                    + "; the next start goes on with it");
        }
        retirement.retired(roster.now().desired().names(), feature);
    }

    private void deploy(String name) {
        renew();
        Feature feature = roster.all().get(name);
        if (feature != null && roster.wanted().contains(feature)) {
            retirement.applied(roster.now().desired().names());
            new Manifests(dataDir, new TemplateVariables(roster.now().settings())).write(feature);
        }
    }

    /// Gives everybody who may be away for a moment the settings that have changed; others get them with the next
    /// start.
    void renew() {
        configurations.renew(settings());
        roster.wanted().stream().filter(Configurations::mayBeAway).forEach(configurations::apply);
    }

    /// The settings of features: those of the flags, with what was decided since in `disable`.
    Map<String, Object> settings() {
        Roster.Now now = roster.now();
        Map<String, Object> settings = new HashMap<>(now.desired().withManifests(roster.all(), now.settings()));
        Set<String> words = new TreeSet<>(now.settings().get(DISABLE) instanceof String[] list ? List.of(list)
                : List.of());
        if (!now.decisions().equals(Decisions.NONE)) {
            now.decisions().allEnabled().stream().map(roster.all()::get).filter(Objects::nonNull)
                    .forEach(feature -> words.removeIf(word -> feature.namedBy(Set.of(word))));
            words.addAll(now.decisions().allDisabled());
            settings.put(DISABLE, words.toArray(String[]::new));
        }
        return settings;
    }
}
